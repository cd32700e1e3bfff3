import * as communication from "@pulumi/azure-native/communication";
import * as pulumi from "@pulumi/pulumi";
import { communicationHost, mailLocation, smtpHost, smtpPort } from "../settings/mail-service";
import { MailDomain } from "./mail-domain";
import { componentType } from "./place";
import { grant } from "./roles";

/** An Entra application by which the app signs in to the mail server. Entra's own: it cannot be made from here. */
export interface SmtpApplication {
  readonly tenantId: string;
  /** Its client id. */
  readonly applicationId: string;
  /** Its service principal's object id. */
  readonly objectId: string;
}

/** As whom the app sends: its managed identity, by the service's own API, or an Entra application, by SMTP. */
export type Sender =
  | {
      readonly kind: "identity";
      /** Object id of the app's identity. */
      readonly principalId: pulumi.Input<string>;
    }
  | { readonly kind: "smtp"; readonly application: SmtpApplication };

export interface MailArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly subscriptionId: pulumi.Input<string>;
  readonly zoneId: pulumi.Input<string>;
  readonly emailServiceName: pulumi.Input<string>;
  readonly communicationName: pulumi.Input<string>;
  readonly domainName: string;
  /** Host that takes replies and bounces; Azure asks for one before it raises limits. */
  readonly exchange?: string | undefined;
  readonly sender: Sender;
  /** Mails the subscription may send now, and what is expected; kept beside the domain as tags. */
  readonly sendLimits: {
    readonly perMinute: number;
    readonly perHour: number;
    readonly ticket?: string | undefined;
  };
  readonly mailsPerHour: number;
  readonly tags: Readonly<Record<string, string>>;
}

const dataLocation = mailLocation.name;
/** The part of the sender's address before the @. */
const mailbox = "orders";

/** Mail from a verified domain of the shop's own, and the right of the app to send it. */
export class Mail extends pulumi.ComponentResource {
  readonly emailServiceName: pulumi.Output<string>;
  readonly domainName: pulumi.Output<string>;
  readonly sender: pulumi.Output<string>;
  /** `https://` and the service's own host, as Azure has given it. */
  readonly endpoint: pulumi.Output<string>;
  readonly communicationName: pulumi.Output<string>;
  readonly communicationId: pulumi.Output<string>;
  /** With SMTP only. */
  readonly smtpUsername: pulumi.Output<string> | undefined;
  /**
   * What the app is told, its secret aside. Nothing in it waits for a resource: a domain that takes its time to be
   * verified must not hold up the shop.
   */
  readonly appSettings: Readonly<Record<string, pulumi.Input<string>>>;

  constructor(name: string, args: MailArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Mail"), name, {}, opts);
    const { resourceGroupName, subscriptionId, tags } = args;
    const address = `${mailbox}@${args.domainName}`;
    const parent = { parent: this };

    const email = new communication.EmailService(
      `${name}-email`,
      { resourceGroupName, emailServiceName: args.emailServiceName, location: "global", dataLocation, tags },
      parent,
    );
    const domain = new MailDomain(
      `${name}-domain`,
      {
        resourceGroupName,
        subscriptionId,
        zoneId: args.zoneId,
        emailServiceName: email.name,
        domainName: args.domainName,
        exchange: args.exchange,
        tags: { ...tags, ...limitTags(args) },
      },
      parent,
    );
    const sender = new communication.SenderUsername(
      `${name}-sender`,
      {
        resourceGroupName,
        emailServiceName: email.name,
        domainName: domain.domainName,
        senderUsername: mailbox,
        username: mailbox,
        displayName: "Orders",
      },
      parent,
    );
    const service = new communication.CommunicationService(
      name,
      {
        resourceGroupName,
        communicationServiceName: args.communicationName,
        location: "global",
        dataLocation,
        // Only a verified domain can be linked.
        linkedDomains: [domain.verifiedDomainId],
        // Nothing signs in with the service's own keys.
        disableLocalAuth: true,
        tags,
      },
      parent,
    );
    new communication.SuppressionList(
      `${name}-suppressed`,
      {
        resourceGroupName,
        emailServiceName: email.name,
        domainName: domain.domainName,
        suppressionListName: mailbox,
        // A list holds for the sender whose name it has.
        listName: sender.username,
      },
      parent,
    );
    const smtp = this.admitSender(name, args, service, sender, address);

    this.emailServiceName = email.name;
    this.domainName = domain.domainName;
    this.sender = pulumi.interpolate`${sender.username}@${domain.domainName}`;
    this.smtpUsername = smtp?.username;
    this.communicationName = service.name;
    this.communicationId = service.id;
    const expected = pulumi.output(args.communicationName).apply(communicationHost);
    this.endpoint = pulumi
      .all([service.hostName, expected])
      .apply(([given, wanted]) => checkedEndpoint(given, wanted));
    this.appSettings =
      args.sender.kind === "smtp"
        ? { SMTP_HOST: smtpHost, SMTP_PORT: String(smtpPort), SMTP_USERNAME: address, MAIL_FROM: address }
        : { COMMUNICATION_ENDPOINT: pulumi.interpolate`https://${expected}`, MAIL_FROM: address };
    this.registerOutputs({ sender: this.sender, endpoint: this.endpoint });
  }

  /** Gives the sender its role on this one service, and SMTP its user name. */
  private admitSender(
    name: string,
    { sender, subscriptionId, resourceGroupName }: MailArgs,
    service: communication.CommunicationService,
    mailFrom: communication.SenderUsername,
    address: string,
  ): communication.SmtpUsername | undefined {
    const smtp = sender.kind === "smtp";
    const sending = grant(
      `${name}-${smtp ? "application" : "identity"}`,
      {
        scope: service.id,
        role: "communicationAndEmailServiceOwner",
        principalId: smtp ? sender.application.objectId : sender.principalId,
        principalType: "ServicePrincipal",
        subscriptionId,
      },
      this,
    );
    if (!smtp) return undefined;
    return new communication.SmtpUsername(
      `${name}-smtp`,
      {
        resourceGroupName,
        communicationServiceName: service.name,
        smtpUsername: mailbox,
        username: address,
        entraApplicationId: sender.application.applicationId,
        tenantId: sender.application.tenantId,
      },
      { parent: this, dependsOn: [sending, mailFrom] },
    );
  }
}

/**
 * The app was told a host before Azure gave one: should they ever differ, nobody is to find out by missing mail.
 * @throws pulumi.RunError naming both
 */
export function checkedEndpoint(given: string, wanted: string): string {
  if (given !== wanted)
    throw new pulumi.RunError(
      `Azure gave the communication service the host ${given}; the app sends to ${wanted}. Fix: mailLocation and ` +
        "communicationHost in settings/mail-service.ts have to spell hosts as Azure does.",
    );
  return `https://${given}`;
}

/** Limits are the subscription's and no property of any resource: tags keep them where they can be held against. */
function limitTags({ sendLimits, mailsPerHour }: MailArgs): Record<string, string> {
  return {
    mailLimitPerMinute: String(sendLimits.perMinute),
    mailLimitPerHour: String(sendLimits.perHour),
    mailForecastPerHour: String(mailsPerHour),
    ...(sendLimits.ticket === undefined ? {} : { mailLimitTicket: sendLimits.ticket }),
  };
}
