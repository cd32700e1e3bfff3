import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

interface Entry {
  readonly number: number;
  readonly id: number;
  body: string;
  title: string;
  state: string;
  readonly user: { readonly type: string };
  readonly pull_request?: object;
}

/** GitHub's REST API for one repository, as far as comments, issues and pull requests go. */
export interface Played {
  readonly url: string;
  readonly issues: Entry[];
  readonly comments: (Entry & { readonly issue: number })[];
  readonly pulls: {
    readonly number: number;
    readonly head: { readonly sha: string; readonly label: string };
  }[];
  /** Method and path of each call, without queries. */
  readonly calls: string[];
  /** What the next calls are refused with. */
  refusal: { readonly status: number; readonly message: string } | undefined;
  close(): Promise<void>;
}

export const token = "a token of the job";
export const repository = "blank-label/shop";

export async function playGitHub(): Promise<Played> {
  let last = 100;
  const entry = (body: string, title = ""): Entry => {
    last += 1;
    return { number: last, id: last, body, title, state: "open", user: { type: "Bot" } };
  };
  const server = createServer((request, response) => {
    void answer(request).then(({ status, document }) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(document));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const played: Played = {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    issues: [],
    comments: [],
    pulls: [],
    calls: [],
    refusal: undefined,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };

  async function answer(request: IncomingMessage): Promise<{ status: number; document: unknown }> {
    const { pathname, searchParams } = new URL(request.url ?? "/", played.url);
    const prefix = `/repos/${repository}`;
    const path = pathname.slice(prefix.length);
    played.calls.push(`${request.method ?? ""} ${path}`);
    if (played.refusal !== undefined)
      return { status: played.refusal.status, document: { message: played.refusal.message } };
    if (!pathname.startsWith(prefix) || request.headers.authorization !== `Bearer ${token}`)
      return { status: 404, document: { message: "Not Found" } };
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const sent = (text === "" ? {} : JSON.parse(text)) as Partial<Entry>;
    const [size, page] = [Number(searchParams.get("per_page")), Number(searchParams.get("page"))];
    const paged = <T>(all: readonly T[]) => ({
      status: 200,
      document: all.slice((page - 1) * size, page * size),
    });
    const [, ofIssue] = /^\/issues\/(\d+)\/comments$/.exec(path) ?? [];
    const [, , changed] = /^\/issues\/(comments\/)?(\d+)$/.exec(path) ?? [];
    if (request.method === "GET" && ofIssue !== undefined)
      return paged(played.comments.filter(({ issue }) => String(issue) === ofIssue));
    if (request.method === "GET" && path === "/issues")
      return paged(played.issues.filter(({ state }) => state === searchParams.get("state")));
    if (request.method === "GET" && path === "/pulls")
      return paged(played.pulls.filter(({ head }) => head.label === searchParams.get("head")));
    if (request.method === "POST" && ofIssue !== undefined) {
      played.comments.push({ ...entry(sent.body ?? ""), issue: Number(ofIssue) });
      return { status: 201, document: {} };
    }
    if (request.method === "POST" && path === "/issues") {
      played.issues.push(entry(sent.body ?? "", sent.title));
      return { status: 201, document: {} };
    }
    const list: Entry[] = path.includes("/comments/") ? played.comments : played.issues;
    const found = request.method === "PATCH" ? list.find(({ id }) => String(id) === changed) : undefined;
    if (found === undefined) return { status: 404, document: { message: "Not Found" } };
    Object.assign(found, sent);
    return { status: 200, document: {} };
  }
  return played;
}
