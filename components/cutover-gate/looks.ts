import { readFileSync } from "node:fs";
import { request } from "node:https";
import path from "node:path";
import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { checkNote, checkNoteFile, notesFolder } from "../../settings/check-note";
import { healthPath } from "../../settings/health";
import type { GateLooks, Probed } from "./judge";

/** Milliseconds that one probe may take: they run side by side, before anything is planned. */
export const probePatience = 300;

const written = z.object({
  activeSite: z.enum(["primary", "standby"]),
  record: z.object({ content: z.string() }),
});

export interface LooksArgs {
  readonly zoneId: string;
  readonly publicName: string;
  readonly standbyName: string;
  readonly imageName: string;
}

/** Looks at what is really there, for as long as a person at the keyboard does not notice. */
export const cutoverGateLooks = (args: LooksArgs): GateLooks => ({
  held: () => held(args),
  written: readOwnOutputs,
  note: readNote,
  probes: (site, target) => {
    const { publicName, standbyName, imageName } = args;
    if (site === "primary") return Promise.all([probe(target, publicName, "/", (status) => status < 500)]);
    const healthy = (status: number): boolean => status === 200;
    return Promise.all([
      probe(target, publicName, healthPath, healthy),
      probe(standbyName, standbyName, healthPath, healthy),
      // Whatever it says of its root, the edge answers by that name.
      probe(imageName, imageName, "/", (status) => status < 500),
    ]);
  },
  now: () => new Date(),
});

/** Through the provider that would change the record: what it may do, this may. */
async function held({ zoneId, publicName }: LooksArgs): ReturnType<GateLooks["held"]> {
  try {
    const { results } = await cloudflare.getDnsRecords({ zoneId, name: { exact: publicName } });
    const found = results.find(({ type }) => ["A", "AAAA", "CNAME"].includes(type));
    return found === undefined ? undefined : { type: found.type, content: found.content };
  } catch {
    return "unseen";
  }
}

/** This stack's own outputs as its last `up` left them; the engine reads them from the state. */
async function readOwnOutputs(): ReturnType<GateLooks["written"]> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const answer = z
    .object({ outputs: z.unknown() })
    .safeParse(
      await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name }).catch(() => undefined),
    );
  const outputs = written.safeParse(answer.data?.outputs).data;
  return outputs === undefined ? undefined : { site: outputs.activeSite, content: outputs.record.content };
}

function readNote(): ReturnType<GateLooks["note"]> {
  const folder = path.resolve(pulumi.getRootDirectory(), process.env["STANDBY_NOTES"] ?? notesFolder);
  try {
    return checkNote.safeParse(JSON.parse(readFileSync(path.join(folder, checkNoteFile), "utf8"))).data;
  } catch {
    return undefined;
  }
}

/** One GET of a public name at a host. Never rejects. */
export function probe(
  host: string,
  publicName: string,
  at: string,
  isFine: (status: number) => boolean,
  patience = probePatience,
): Promise<Probed> {
  const what =
    host === publicName ? `https://${host}${at}` : `${host}, asked for https://${publicName}${at},`;
  return new Promise((resolve) => {
    const end = (finding: Probed["finding"], words: string): void => {
      clearTimeout(timer);
      resolve({ finding, words: `${what} ${words}` });
    };
    const timer = setTimeout(() => {
      end("unseen", `did not answer within ${String(patience)} ms`);
      sent.destroy();
    }, patience);
    const sent = request(
      { host, servername: publicName, path: at, agent: false, headers: { host: publicName } },
      (response) => {
        const status = response.statusCode ?? 0;
        response.resume();
        end(isFine(status) ? "fine" : "wrong", `answered ${String(status)}`);
      },
    );
    sent.on("error", (error: NodeJS.ErrnoException) =>
      end("wrong", `failed: ${error.code ?? error.message}`),
    );
    sent.end();
  });
}
