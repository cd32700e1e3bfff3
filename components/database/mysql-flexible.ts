import * as dbformysql from "@pulumi/azure-native/dbformysql";
import * as pulumi from "@pulumi/pulumi";
import { componentType } from "../place";
import { adminPassword } from "./admin-password";
import { adminUser, backupDays, databaseName, type DatabaseArgs, type StandbyDatabase } from "./database";
import { lockDeletion } from "./deletion-lock";
import { PrivateAccess, privateLinkGroups } from "./private-access";

/**
 * Server parameters that are held to; a managed server's own defaults can change under one. The TLS version is Azure's
 * own default: another takes effect only after a restart (learn.microsoft.com, azure/mysql/flexible-server: TLS).
 */
const parameters: readonly (readonly [name: string, value: string])[] = [
  ["require_secure_transport", "ON"],
  ["tls_version", "TLSv1.2"],
];

/** MySQL flexible server: private, TLS only, backed up, guarded against replacement. */
export class MysqlFlexible extends pulumi.ComponentResource implements StandbyDatabase {
  readonly host: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly serverId: pulumi.Output<string>;
  readonly monitoredId: pulumi.Output<string>;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("MysqlFlexible"), name, {}, opts);
    const { resourceGroupName, location, tags, administrator } = args;
    const password = adminPassword(name, this);

    const server = new dbformysql.Server(
      name,
      {
        resourceGroupName,
        serverName: args.serverName,
        location,
        version: "8.0.21",
        sku: args.sku,
        administratorLogin: adminUser,
        administratorLoginPassword: password,
        ...(administrator?.identityId === undefined
          ? {}
          : { identity: { type: "UserAssigned", userAssignedIdentities: [administrator.identityId] } }),
        storage: { storageSizeGB: 20, autoGrow: "Enabled" },
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
      before = new dbformysql.Configuration(
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
    const database = new dbformysql.Database(
      `${name}-${databaseName}`,
      {
        resourceGroupName,
        serverName: server.name,
        databaseName,
        charset: "utf8mb4",
        collation: "utf8mb4_0900_ai_ci",
      },
      { parent: this, protect: true, dependsOn: [before] },
    );
    before = database;
    if (administrator?.identityId !== undefined)
      before = new dbformysql.AzureADAdministrator(
        `${name}-administrator`,
        {
          resourceGroupName,
          serverName: server.name,
          administratorName: "ActiveDirectory",
          administratorType: "ActiveDirectory",
          login: administrator.name,
          sid: administrator.objectId,
          tenantId: administrator.tenantId,
          identityResourceId: administrator.identityId,
        },
        { parent: this, dependsOn: [before] },
      );
    for (const address of args.operatorAddresses)
      before = new dbformysql.FirewallRule(
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
        groupId: privateLinkGroups.mysql,
        network: args.network,
      },
      { parent: this, dependsOn: [before] },
    );
    if (args.deletionLock) lockDeletion(`${name}-lock`, server.id, this, [before, access]);

    this.host = server.fullyQualifiedDomainName;
    this.url = pulumi.secret(
      pulumi.interpolate`mysql://${adminUser}:${password}@${this.host}:3306/${database.name}?ssl-mode=VERIFY_IDENTITY`,
    );
    this.serverId = server.id;
    this.monitoredId = server.id;
    this.registerOutputs({ host: this.host, url: this.url });
  }
}
