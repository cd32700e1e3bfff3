import { appendFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { validationState } from "./azure/cdn";
import { ownCertificates } from "./azure/custom-certificate";
import { pick } from "./azure/rules";
import type { Cloud } from "./cloud";
import type { Zone } from "./cloudflare/zone";
import { sameSecret } from "./directory";
import { authorityFile } from "./settings";
import { CloudFault, notFound } from "./fault";
import type { Api } from "./http/json-server";
import { calls, type CallName, type CallInput, type CallOutput } from "./calls";
import { giveCertificate, givenUrn } from "./vaults/given";
import type { Realiser } from "./realise/realiser";

const customDomain = z.object({ hostName: z.string() });

type Handlers = {
  readonly [Name in CallName]: (input: CallInput<Name>) => CallOutput<Name> | Promise<CallOutput<Name>>;
};

function handlers(cloud: Cloud, zone: Zone, realiser: Realiser): Handlers {
  const { parts, networks, world } = cloud;
  const databases = () =>
    [...cloud.databases.values()].map(({ host, server }) => ({ host, port: server.port }));
  const certificates = () =>
    world.ofType("cdn:AFDCustomDomain").map((domain) => {
      const { hostName } = pick(customDomain, domain.values);
      const validation = cloud.validations.get(domain.id.toLowerCase());
      const certificate = ownCertificates(cloud).get(hostName) ?? validation?.certificate;
      return {
        hostName,
        state: validationState(domain, cloud),
        expires: certificate?.expires.toISOString() ?? null,
      };
    });
  const mail = () => ({ limits: { ...cloud.mailLimits }, ...parts.mail.counts() });
  return {
    snapshot: () => ({
      resources: world
        .all()
        .filter(({ urn }) => urn !== givenUrn)
        .map(({ id, type }) => ({ id, type })),
      records: zone.list().map(({ id, name, type, content, ttl }) => ({ id, name, type, content, ttl })),
      databases: databases(),
      apps: realiser.appPorts(),
      certificates: certificates(),
      mail: mail(),
      edge: parts.edge.counts(),
    }),
    settled: async () => {
      await realiser.settled();
      return {};
    },
    setMailLimits: async ({ perMinute, perHour }) => {
      Object.assign(cloud.mailLimits, { perMinute, perHour });
      await cloud.realise();
      return {};
    },
    setRegistration: ({ namespace, registered }) => {
      if (registered) cloud.limits.unregistered.delete(namespace.toLowerCase());
      else cloud.limits.unregistered.add(namespace.toLowerCase());
      return {};
    },
    setQuota: ({ name, limit }) => {
      cloud.limits.quotas.set(name, limit);
      return {};
    },
    demandRevalidation: ({ hostName }) => {
      const domain = world
        .ofType("cdn:AFDCustomDomain")
        .find(({ values }) => pick(customDomain, values).hostName === hostName);
      const validation = domain && cloud.validations.get(domain.id.toLowerCase());
      if (validation === undefined)
        throw notFound("NoSuchDomain", `No custom domain has the host name ${hostName}.`);
      validation.demandRevalidation();
      return {};
    },
    edgeCounts: () => parts.edge.counts(),
    mailCounts: mail,
    deliveredMail: () =>
      parts.mail
        .delivered()
        .map((message) => ({ ...message, to: [...message.to], headers: { ...message.headers } })),
    databases,
    blobCount: ({ account, container }) => ({ blobs: parts.blobs.count(account, container) }),
    log: ({ from }) => world.log.slice(from).map((entry) => ({ ...entry })),
    setPace: (pace) => {
      cloud.pace.set(pace);
      return {};
    },
    addHost: ({ host, port, localPort }) => {
      networks.outside.add(host, port, localPort);
      networks.inside.add(host, port, localPort);
      return {};
    },
    removeHost: ({ host, port }) => {
      networks.outside.remove(host, port);
      networks.inside.remove(host, port);
      return {};
    },
    putRecord: ({ priority, ...record }) => {
      parts.nameServer.put({ ...record, ...(priority === undefined ? {} : { priority }) });
      return {};
    },
    removeRecord: ({ id }) => {
      parts.nameServer.remove(id);
      return {};
    },
    issueCertificate: async ({ names, keyType }) => {
      const { chain, key, expires } = await parts.authority.issue(names, keyType);
      return { chain, key, expires: expires.toISOString() };
    },
    giveCertificate: async ({ vaultSecretId, chain, key }) => {
      giveCertificate(cloud, vaultSecretId, { chain, key });
      await cloud.realise();
      return {};
    },
    trustAuthority: ({ root }) => {
      cloud.trustedAuthorities.push(root);
      appendFileSync(path.join(cloud.settings.folder, authorityFile), root);
      return {};
    },
  };
}

/** The control API: what the drill and the tests may ask of the cloud beyond what a customer of Azure can. */
export function controlApi(cloud: Cloud, zone: Zone, realiser: Realiser): Api {
  const answering = handlers(cloud, zone, realiser);
  const run = async <Name extends CallName>(name: Name, body: string): Promise<CallOutput<Name>> => {
    const input: unknown = JSON.parse(body === "" ? "{}" : body);
    const parsed = calls[name].input.safeParse(input);
    if (!parsed.success) throw new CloudFault(400, "BadInput", z.prettifyError(parsed.error));
    // The schema is this call's own: what it gives back is this call's input.
    return answering[name](parsed.data as CallInput<Name>);
  };
  return async ({ path, token, body }) => {
    if (!sameSecret(token, cloud.settings.controlToken))
      throw new CloudFault(401, "Unauthorized", "wrong token");
    const name = path.slice(1);
    if (!isCall(name))
      throw notFound("NoSuchCall", `${name} is not a call; there are ${Object.keys(calls).join(", ")}`);
    return { status: 200, body: await run(name, body) };
  };
}

const isCall = (name: string): name is CallName => Object.hasOwn(calls, name);
