import { z } from "zod";
import type { MailSettings } from "../../contracts";
import { holdsRole, roles } from "../azure/access";
import { isVerified } from "../azure/communication";
import { parentId } from "../azure/ids";
import { pick, sameId } from "../azure/rules";
import type { Cloud } from "../cloud";

const smtpSchema = z.object({ username: z.string(), entraApplicationId: z.string() });
const serviceSchema = z.object({ linkedDomains: z.array(z.string()).default([]) });
const domainSchema = z.object({ domainName: z.string() });
const senderSchema = z.object({ username: z.string() });

const sendingRoles = [roles.communicationAndEmailServiceOwner, roles.contributor, roles.owner];
/** The sender that every domain has from the start. */
const defaultSender = "donotreply";

/** Who may send what now: users whose application may use the service, and domains both linked and verified. */
export function mailSettings(cloud: Cloud): MailSettings {
  const { world, directory } = cloud;
  const users = world.ofType("communication:SmtpUsername").flatMap(({ id, values }) => {
    const { username, entraApplicationId } = pick(smtpSchema, values);
    const application = directory.application(entraApplicationId);
    const service = parentId(id) ?? "";
    return application !== undefined && holdsRole(world, application.objectId, service, sendingRoles)
      ? [{ username, password: application.secret }]
      : [];
  });
  const linked = world
    .ofType("communication:CommunicationService")
    .flatMap(({ values }) => pick(serviceSchema, values).linkedDomains);
  const domains = world
    .ofType("communication:Domain")
    .filter(({ id }) => linked.some((other) => sameId(other, id)) && isVerified(cloud, id))
    .map(({ id, values }) => ({
      name: pick(domainSchema, values).domainName,
      senders: [
        defaultSender,
        ...world
          .ofType("communication:SenderUsername")
          .filter((sender) => sameId(parentId(sender.id) ?? "", id))
          .map((sender) => pick(senderSchema, sender.values).username),
      ],
    }));
  return { users, domains, limits: { ...cloud.mailLimits } };
}
