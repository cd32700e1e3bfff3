import {
  bindTls,
  provider,
  unbindTls,
  type AppServiceApi,
  type Properties,
} from "../../../components/dynamic/app-tls-provider";

const given = { bindingId: "/binding", certificateId: "/certificate", hostName: "www.blanklabel.example" };
const binding = {
  siteName: "shop",
  hostNameType: "Verified",
  customHostNameDnsRecordType: "CName",
  sslState: "Disabled",
  thumbprint: null,
  virtualIP: "203.0.113.1",
};

/** An App Service whose certificate has a thumbprint from the n-th look on. */
function appService(issuedAtLook: number, found: Properties | undefined = binding) {
  let looks = 0;
  const written: [string, Properties][] = [];
  const api: AppServiceApi = {
    read: (id) => {
      if (id === "/binding") return Promise.resolve(found);
      looks++;
      return Promise.resolve(looks < issuedAtLook ? { thumbprint: "" } : { thumbprint: "AB12" });
    },
    write: (id, properties) => {
      written.push([id, properties]);
      return Promise.resolve();
    },
  };
  return { api, written };
}

const pauses: number[] = [];
const patience = {
  first: 100,
  most: 200,
  looks: 4,
  wait: (milliseconds: number) => Promise.resolve(pauses.push(milliseconds)),
};

test("waits for the certificate, then binds by its thumbprint, and writes nothing that Azure works out", async () => {
  pauses.length = 0;
  const { api, written } = appService(4);
  await bindTls(api, given, patience);
  expect(pauses).toEqual([100, 150, 200]);
  expect(written).toEqual([
    [
      "/binding",
      {
        siteName: "shop",
        hostNameType: "Verified",
        customHostNameDnsRecordType: "CName",
        sslState: "SniEnabled",
        thumbprint: "AB12",
      },
    ],
  ]);
});

test("says what to look at when no certificate comes", async () => {
  const { api, written } = appService(9);
  await expect(bindTls(api, given, patience)).rejects.toThrow(
    "the certificate for www.blanklabel.example is not issued yet. Fix: see that www.blanklabel.example leads straight to " +
      "the app's own host name and is not proxied, and that no CAA record forbids digicert.com, then run pulumi up again",
  );
  expect(written).toEqual([]);
});

test("a binding that is gone is no binding to change", async () => {
  const { api } = appService(1);
  const gone: AppServiceApi = {
    ...api,
    read: (id) => (id === "/binding" ? Promise.resolve(undefined) : api.read(id)),
  };
  await expect(bindTls(gone, given, patience)).rejects.toThrow(
    "www.blanklabel.example is not bound to its app any more. Fix: run pulumi up --refresh",
  );
  await expect(unbindTls(gone, "/binding")).resolves.toBeUndefined();
});

test("the certificate is taken off before it can be deleted", async () => {
  const { api, written } = appService(1, { ...binding, sslState: "SniEnabled", thumbprint: "AB12" });
  await unbindTls(api, "/binding");
  expect(written).toEqual([
    [
      "/binding",
      {
        siteName: "shop",
        hostNameType: "Verified",
        customHostNameDnsRecordType: "CName",
        sslState: "Disabled",
      },
    ],
  ]);
});

test("another certificate or binding makes it anew; nothing else is a difference", async () => {
  const diff = (news: object) => provider.diff?.("/binding", given, news);
  expect(await diff(given)).toEqual({ changes: false, replaces: [], deleteBeforeReplace: true });
  expect(await diff({ ...given, certificateId: "/other" })).toEqual({
    changes: true,
    replaces: ["certificateId"],
    deleteBeforeReplace: true,
  });
});
