import * as communication from "@pulumi/azure-native/communication";
import * as pulumi from "@pulumi/pulumi";
import { smtpHost, smtpPort } from "../settings/mail-service";
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

export interface MailArgs {
  readonly resourceGroupName: pulumi.Input<string>;
  readonly subscriptionId: pulumi.Input<string>;
  readonly zoneId: pulumi.Input<string>;
  readonly emailServiceName: pulumi.Input<string>;
  readonly communicationName: pulumi.Input<string>;
  readonly domainName: string;
  /** Host that takes replies and bounces; Azure asks for one before it raises limits. */
  readonly exchange?: string | undefined;
  readonly smtpApplication: SmtpApplication;
  /** Mails the subscription may send now, and what is expected; kept beside the domain as tags. */
  readonly sendLimits: {
    readonly perMinute: number;
    readonly perHour: number;
    readonly ticket?: string | undefined;
  };
  readonly mailsPerHour: number;
  readonly tags: Readonly<Record<string, string>>;
}

const dataLocation = "Europe";
/** The part of the sender's address before the @. */
const mailbox = "orders";

/** Mail from a verified domain of the shop's own: sent by SMTP, signed in as the shop's Entra application. */
export class Mail extends pulumi.ComponentResource {
  readonly emailServiceName: pulumi.Output<string>;
  readonly domainName: pulumi.Output<string>;
  /** What mail is sent from, and what the app signs in as: known before either exists. */
  readonly address: string;
  readonly sender: pulumi.Output<string>;
  readonly smtpUsername: pulumi.Output<string>;
  readonly smtpHost = smtpHost;
  readonly smtpPort = smtpPort;
  readonly communicationId: pulumi.Output<string>;

  constructor(name: string, args: MailArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("Mail"), name, {}, opts);
    const { resourceGroupName, subscriptionId, tags, smtpApplication } = args;
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
    const sending = grant(
      `${name}-application`,
      {
        scope: service.id,
        role: "communicationAndEmailServiceOwner",
        principalId: smtpApplication.objectId,
        principalType: "ServicePrincipal",
        subscriptionId,
      },
      this,
    );
    this.address = `${mailbox}@${args.domainName}`;
    const smtp = new communication.SmtpUsername(
      `${name}-smtp`,
      {
        resourceGroupName,
        communicationServiceName: service.name,
        smtpUsername: mailbox,
        username: this.address,
        entraApplicationId: smtpApplication.applicationId,
        tenantId: smtpApplication.tenantId,
      },
      { parent: this, dependsOn: [sending, sender] },
    );

    this.emailServiceName = email.name;
    this.domainName = domain.domainName;
    this.sender = pulumi.interpolate`${sender.username}@${domain.domainName}`;
    this.smtpUsername = smtp.username;
    this.communicationId = service.id;
    this.registerOutputs({ sender: this.sender, smtpUsername: this.smtpUsername });
  }
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
