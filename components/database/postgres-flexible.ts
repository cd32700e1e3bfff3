import * as dbforpostgresql from "@pulumi/azure-native/dbforpostgresql";
import * as pulumi from "@pulumi/pulumi";
import { componentType } from "../place";
import { adminPassword } from "./admin-password";
import { adminUser, backupDays, databaseName, type DatabaseArgs, type StandbyDatabase } from "./database";
import { lockDeletion } from "./deletion-lock";
import { PrivateAccess, privateLinkGroups } from "./private-access";

/** Server parameters that are held to; a managed server's own defaults can change under one. */
const parameters: readonly (readonly [name: string, value: string])[] = [
  ["require_secure_transport", "on"],
  ["ssl_min_protocol_version", "TLSv1.2"],
];

/** PostgreSQL flexible server: private, TLS only, backed up, guarded against replacement. */
export class PostgresFlexible extends pulumi.ComponentResource implements StandbyDatabase {
  readonly host: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly serverId: pulumi.Output<string>;
  readonly monitoredId: pulumi.Output<string>;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("PostgresFlexible"), name, {}, opts);
    const { resourceGroupName, location, tags, administrator } = args;
    const password = adminPassword(name, this);

    const server = new dbforpostgresql.Server(
      name,
      {
        resourceGroupName,
        serverName: args.serverName,
        location,
        version: "17",
        sku: args.sku,
        administratorLogin: adminUser,
        administratorLoginPassword: password,
        authConfig:
          administrator === undefined
            ? { activeDirectoryAuth: "Disabled", passwordAuth: "Enabled" }
            : { activeDirectoryAuth: "Enabled", passwordAuth: "Enabled", tenantId: administrator.tenantId },
        storage: { storageSizeGB: 32, autoGrow: "Enabled" },
        backup: { backupRetentionDays: backupDays, geoRedundantBackup: "Disabled" },
        // Burstable servers have none; a standby of the standby is not what keeps a small shop open.
        highAvailability: { mode: "Disabled" },
        network: { publicNetworkAccess: args.operatorAddresses.length > 0 ? "Enabled" : "Disabled" },
        tags,
      },
      // The zone is Azure's choice: without this its answer would show as a change.
      { parent: this, protect: true, ignoreChanges: ["availabilityZone"] },
    );

    // The server takes one change at a time, so that each waits for the one before.
    let before: pulumi.Resource = server;
    for (const [parameter, value] of parameters)
      before = new dbforpostgresql.Configuration(
        `${name}-${parameter.replaceAll("_", "-")}`,
        {
          resourceGroupName,
          serverName: server.name,
          configurationName: parameter,
          source: "user-override",
          value,
        },
        { parent: this, dependsOn: [before] },
      );
    const database = new dbforpostgresql.Database(
      `${name}-${databaseName}`,
      { resourceGroupName, serverName: server.name, databaseName, charset: "UTF8", collation: "en_US.utf8" },
      { parent: this, protect: true, dependsOn: [before] },
    );
    before = database;
    if (administrator !== undefined)
      before = new dbforpostgresql.Administrator(
        `${name}-administrator`,
        {
          resourceGroupName,
          serverName: server.name,
          objectId: administrator.objectId,
          principalName: administrator.name,
          principalType: administrator.kind,
          tenantId: administrator.tenantId,
        },
        { parent: this, dependsOn: [before] },
      );
    for (const address of args.operatorAddresses)
      before = new dbforpostgresql.FirewallRule(
        `${name}-operator-${address}`,
        {
          resourceGroupName,
          serverName: server.name,
          firewallRuleName: `operator-${address.replaceAll(".", "-")}`,
          startIpAddress: address,
          endIpAddress: address,
        },
        { parent: this, dependsOn: [before] },
      );
    const access = new PrivateAccess(
      `${name}-private`,
      {
        resourceGroupName,
        location,
        tags,
        endpointName: pulumi.interpolate`${args.serverName}-private`,
        targetId: server.id,
        groupId: privateLinkGroups.postgres,
        network: args.network,
      },
      { parent: this, dependsOn: [before] },
    );
    if (args.deletionLock) lockDeletion(`${name}-lock`, server.id, this, [before, access]);

    this.host = server.fullyQualifiedDomainName;
    this.url = pulumi.secret(
      pulumi.interpolate`postgres://${adminUser}:${password}@${this.host}:5432/${database.name}?sslmode=verify-full`,
    );
    this.serverId = server.id;
    this.monitoredId = server.id;
    this.registerOutputs({ host: this.host, url: this.url });
  }
}
