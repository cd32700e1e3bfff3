import {
  provider,
  verify,
  verificationTypes,
  type MailDomainApi,
  type VerificationStates,
  type VerificationType,
} from "../../../components/dynamic/mail-verification-provider";

/** A domain whose records are seen only after some looks; `fails` are looked at too early the first time. */
class SlowDomain implements MailDomainApi {
  readonly initiated: VerificationType[] = [];
  private readonly found = new Map<VerificationType, string>();

  constructor(private readonly fails: readonly VerificationType[] = []) {}

  states(): Promise<VerificationStates> {
    const now = Object.fromEntries(this.found);
    for (const [type, state] of this.found)
      if (state === "VerificationInProgress") this.found.set(type, this.outcome(type));
    return Promise.resolve(now);
  }

  initiate(type: VerificationType): Promise<void> {
    this.initiated.push(type);
    this.found.set(type, "VerificationInProgress");
    return Promise.resolve();
  }

  private outcome(type: VerificationType): string {
    const firstTime = this.initiated.filter((each) => each === type).length === 1;
    return firstTime && this.fails.includes(type) ? "VerificationFailed" : "Verified";
  }
}

const waited: number[] = [];
const patience = {
  first: 10,
  most: 15,
  looks: 5,
  wait: (milliseconds: number) => Promise.resolve(waited.push(milliseconds)),
};
const verified = { Domain: "Verified", SPF: "Verified", DKIM: "Verified", DKIM2: "Verified" };

beforeEach(() => {
  waited.length = 0;
});

test("each record is asked for once, then awaited", async () => {
  const domain = new SlowDomain();
  expect(await verify(domain, "mail.blanklabel.example", patience)).toEqual(verified);
  expect(domain.initiated).toEqual([...verificationTypes]);
  expect(waited).toEqual([10, 15]);
});

test("what is verified already is left alone", async () => {
  const domain: MailDomainApi = {
    states: () => Promise.resolve(verified),
    initiate: (type) => Promise.reject(new Error(`asked for ${type}`)),
  };
  expect(await verify(domain, "mail.blanklabel.example", patience)).toEqual(verified);
});

test("a record that was looked at too early is asked for again", async () => {
  const domain = new SlowDomain(["DKIM2"]);
  expect(await verify(domain, "mail.blanklabel.example", patience)).toEqual(verified);
  expect(domain.initiated).toEqual([...verificationTypes, "DKIM2"]);
});

test("it gives up with the records that did not pass", async () => {
  const domain: MailDomainApi = {
    states: () =>
      Promise.resolve({ Domain: "Verified", SPF: "VerificationFailed", DKIM: "VerificationInProgress" }),
    initiate: () => Promise.resolve(),
  };
  await expect(verify(domain, "mail.blanklabel.example", patience)).rejects.toThrow(
    "mail domain mail.blanklabel.example is not verified: SPF is VerificationFailed, DKIM is VerificationInProgress, DKIM2 is NotStarted. Fix: see that its TXT and DKIM records can be resolved from outside, then run pulumi up again",
  );
  expect(waited).toHaveLength(4);
});

const inputs = {
  subscriptionId: "subscription",
  resourceGroupName: "group",
  emailServiceName: "service",
  domainName: "mail.blanklabel.example",
  domainId: "/id/domain",
};

test("nothing changes while its inputs stay", async () => {
  const state = { ...inputs, verifiedDomainId: "/id/domain", states: verified };
  expect(await provider.diff?.("/id/domain", state, inputs)).toEqual({ changes: false, replaces: [] });
});

test("a domain made anew is verified anew", async () => {
  const anew = { ...inputs, domainId: "/id/another" };
  expect(await provider.diff?.("/id/domain", inputs, anew)).toEqual({
    changes: true,
    replaces: ["domainId"],
  });
});

test("an input that is missing is named", async () => {
  const checked = await provider.check?.({}, { ...inputs, domainId: undefined });
  expect(checked?.failures?.map(({ property }) => property)).toEqual(["domainId"]);
});
