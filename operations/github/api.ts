import { z } from "zod";
import { outside, usage } from "../fault";

/** What GitHub Actions say of the repository, and the token of the job. */
export interface GitHubSettings {
  /** Of the REST API, with no slash at its end. */
  readonly url: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly token: string;
}

const repository = /^[\w.-]+\/[\w.-]+$/;

/** @throws Fault (2) naming the variable that is missing or wrong */
export function githubSettings(env: NodeJS.ProcessEnv): GitHubSettings {
  const {
    GITHUB_API_URL: url = "https://api.github.com",
    GITHUB_REPOSITORY: name = "",
    GH_TOKEN: token = "",
  } = env;
  if (!repository.test(name))
    throw usage(`GITHUB_REPOSITORY is "${name}"; wanted: owner/name, as GitHub Actions set it`);
  if (token === "") throw usage("GH_TOKEN is not set; wanted: the job's token, ${{ github.token }}");
  return { url: url.replace(/\/+$/, ""), repository: name, token };
}

/** Pages of a list that are read at most: 3,000 entries. */
const mostPages = 30;
/** Milliseconds for one answer. */
const patience = 30_000;

/** GitHub's REST API (version 2022-11-28), as far as one repository's comments and issues need it. */
export class GitHub {
  constructor(private readonly settings: GitHubSettings) {}

  /** Every entry of a list. @param below path below the repository, with its query */
  async list<S extends z.ZodType>(below: string, schema: S): Promise<readonly z.output<S>[]> {
    const all: z.output<S>[] = [];
    for (let page = 1; page <= mostPages; page++) {
      const query = `${below.includes("?") ? "&" : "?"}per_page=100&page=${String(page)}`;
      const entries = await this.call("GET", `${below}${query}`, z.array(schema));
      all.push(...entries);
      if (entries.length < 100) break;
    }
    return all;
  }

  /** One call. @throws Fault (3) where GitHub is not reached, refuses or answers something else */
  async call<S extends z.ZodType>(
    method: string,
    below: string,
    schema: S,
    body?: object,
  ): Promise<z.output<S>> {
    const { url, repository: name, token } = this.settings;
    const what = `${method} /repos/${name}${below.split("?")[0] ?? ""}`;
    let response: Response;
    try {
      response = await fetch(`${url}/repos/${name}${below}`, {
        method,
        headers: {
          accept: "application/vnd.github+json",
          authorization: `Bearer ${token}`,
          "x-github-api-version": "2022-11-28",
          "user-agent": "warm-standby",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(patience),
      });
    } catch (cause) {
      throw outside(
        `GitHub was not reached (${what}): ${cause instanceof Error ? cause.message : String(cause)}`,
        { cause },
      );
    }
    const text = await response.text();
    if (!response.ok)
      throw outside(
        `GitHub answered ${String(response.status)} to ${what}: ${reason(response.status, text)}`,
      );
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      throw outside(`GitHub's answer to ${what} is not what this version knows`, { cause });
    }
  }
}

function reason(status: number, text: string): string {
  const said = z.object({ message: z.string() }).safeParse(safely(text)).data?.message ?? "it said nothing";
  return [401, 403, 404].includes(status)
    ? `${said}; does the job's token have the permission (pull-requests: write, or issues: write)?`
    : said;
}

function safely(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Who wrote something. Anyone may write a marker into a comment; only an app's token makes a bot's. */
export const author = z.object({ type: z.string() }).nullable();
export const byBot = ({ user }: { readonly user: z.output<typeof author> }): boolean => user?.type === "Bot";
