import { z } from "zod";

/** The folder beside Pulumi.yaml in which operations keep what they note, where `STANDBY_NOTES` names no other. */
export const notesFolder = ".standby";

/** The result of the last `standby check`, within the folder of notes. */
export const checkNoteFile = "check.json";

/** The last check, dated: what a change of `activeSite` is allowed to rest on. */
export const checkNote = z.object({
  /** ISO 8601. */
  at: z.iso.datetime(),
  /** The site that was to take over. */
  target: z.enum(["primary", "standby"]),
  ready: z.boolean(),
  /** Ids of the checks that failed or could not look. */
  failing: z.array(z.string()).readonly(),
});

export type CheckNote = Readonly<z.infer<typeof checkNote>>;
