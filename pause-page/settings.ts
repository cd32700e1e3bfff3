import { pauseVariables } from "../settings/pause-page";

/** What the page shows and says. */
export interface PauseSettings {
  /** The shop's name, as its customers know it. */
  readonly shop: string;
  readonly title: string;
  /** Paragraphs are parted by an empty line. */
  readonly text: string;
  /** Language tag of the texts. */
  readonly language: string;
  /** Seconds. */
  readonly retryAfter: number;
}

/** The page's settings from its app settings. @throws Error naming every variable that is missing or wrong */
export function readPauseSettings(environment: NodeJS.ProcessEnv): PauseSettings {
  const { shop, title, text, language, retryAfter } = pauseVariables;
  const value = (name: string): string => environment[name] ?? "";
  const faults = [shop, title, text, language]
    .filter((name) => value(name) === "")
    .map((name) => `${name} is not set`);
  if (!/^[1-9]\d*$/.test(value(retryAfter)))
    faults.push(`${retryAfter} is "${value(retryAfter)}"; a whole number of seconds is wanted`);
  if (faults.length > 0)
    throw new Error(`${faults.join("; ")}. Fix: run pulumi up on the standby stack, which sets them`);
  return {
    shop: value(shop),
    title: value(title),
    text: value(text),
    language: value(language),
    retryAfter: Number(value(retryAfter)),
  };
}
