import { z } from "zod";
import type { MailSettings } from "../../contracts";
import { holdsRole, roles } from "../azure/access";
import { defaultSender, isVerified } from "../azure/communication";
import { parentId } from "../azure/ids";
import { pick, sameId } from "../azure/rules";
import type { Cloud } from "../cloud";
import type { Stored } from "../world";

const smtpSchema = z.object({ username: z.string(), entraApplicationId: z.string() });
const serviceSchema = z.object({ linkedDomains: z.array(z.string()).default([]) });
const domainSchema = z.object({ domainName: z.string() });
const senderSchema = z.object({ username: z.string() });

const sendingRoles = [roles.communicationAndEmailServiceOwner, roles.contributor, roles.owner];

/** Whether a principal may send by a communication service: the operator owns the subscription, and with it all. */
export const maySend = (cloud: Cloud, principalId: string, service: string): boolean =>
  principalId === cloud.settings.operator.objectId ||
  holdsRole(cloud.world, principalId, service, sendingRoles);

/** Domains that a communication service may send from now: linked to it and verified. */
export function sendingDomains(cloud: Cloud, service: Stored): MailSettings["domains"] {
  const { linkedDomains } = pick(serviceSchema, service.values);
  return cloud.world
    .ofType("communication:Domain")
    .filter(({ id }) => linkedDomains.some((other) => sameId(other, id)) && isVerified(cloud, id))
    .map(({ id, values }) => ({
      name: pick(domainSchema, values).domainName,
      senders: [
        defaultSender,
        ...cloud.world
          .ofType("communication:SenderUsername")
          .filter((sender) => sameId(parentId(sender.id) ?? "", id))
          .map((sender) => pick(senderSchema, sender.values).username),
      ],
    }));
}

/** Who may send what now: users whose application may use the service, and domains both linked and verified. */
export function mailSettings(cloud: Cloud): MailSettings {
  const { world, directory } = cloud;
  const users = world.ofType("communication:SmtpUsername").flatMap(({ id, values }) => {
    const { username, entraApplicationId } = pick(smtpSchema, values);
    const application = directory.application(entraApplicationId);
    const service = parentId(id) ?? "";
    return application !== undefined && maySend(cloud, application.objectId, service)
      ? [{ username, password: application.secret }]
      : [];
  });
  const linked = world
    .ofType("communication:CommunicationService")
    .flatMap((service) => sendingDomains(cloud, service));
  const domains = linked.filter(
    ({ name }, index) => linked.findIndex((each) => each.name === name) === index,
  );
  return { users, domains, limits: { ...cloud.mailLimits } };
}
