import { z } from "zod";
import { renewCertificate } from "../certificate/renew";
import type { AddCommand } from "../command";
import { parseOptions } from "../data/options";
import { deploymentSettings, readDeployment } from "../deployment";

const options = z.object({ all: z.boolean().default(false) });

export const addCertificate: AddCommand = (program, run) => {
  const certificate = program
    .command("certificate")
    .description("The certificate of the names at the edge.")
    .addHelpText("after", "\nExample:\n  $ standby certificate renew");
  certificate
    .command("renew")
    .description(
      "Renews it: a new validation token into DNS (managed), or a new issue (acme); waits until Azure has taken it.",
    )
    .option("--all", "a new token for every name, due or not (managed)")
    .addHelpText(
      "after",
      "\nExample:\n  $ standby certificate renew --json\n\n" +
        "Exit codes: 0 done; 1 Azure or the authority refuses; 3 one of them, DNS or Cloudflare is not reached.",
    )
    .action(
      run(async (io, given) => {
        const { all } = parseOptions(options, given);
        const renewal = await renewCertificate(await readDeployment(deploymentSettings()), all, io);
        io.result(renewal, () =>
          renewal.certificates
            .map(
              ({ name, state, expires, renewed }) =>
                `${name}  ${state}  until ${expires?.slice(0, 10) ?? "unknown"}${renewed ? "  renewed" : ""}`,
            )
            .join("\n"),
        );
        return undefined;
      }),
    );
};
