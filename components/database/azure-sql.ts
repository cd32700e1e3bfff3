import * as sql from "@pulumi/azure-native/sql";
import * as pulumi from "@pulumi/pulumi";
import { componentType } from "../place";
import { adminPassword } from "./admin-password";
import { adminUser, backupDays, databaseName, type DatabaseArgs, type StandbyDatabase } from "./database";
import { lockDeletion } from "./deletion-lock";
import { PrivateAccess, privateLinkGroups } from "./private-access";

/** Azure SQL: a provisioned database, which never pauses; private, TLS only, guarded against replacement. */
export class AzureSql extends pulumi.ComponentResource implements StandbyDatabase {
  readonly host: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly serverId: pulumi.Output<string>;
  readonly monitoredId: pulumi.Output<string>;

  constructor(name: string, args: DatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super(componentType("AzureSql"), name, {}, opts);
    const { resourceGroupName, location, tags } = args;
    const password = adminPassword(name, this);

    const server = new sql.Server(
      name,
      {
        resourceGroupName,
        serverName: args.serverName,
        location,
        version: "12.0",
        administratorLogin: adminUser,
        administratorLoginPassword: password,
        // No `administrators` here: changing them would replace the server (pulumi-azure-native#4096).
        minimalTlsVersion: "1.2",
        publicNetworkAccess: args.operatorAddresses.length > 0 ? "Enabled" : "Disabled",
        tags,
      },
      { parent: this, protect: true },
    );
    const database = new sql.Database(
      `${name}-${databaseName}`,
      {
        resourceGroupName,
        serverName: server.name,
        databaseName,
        location,
        // Provisioned, not serverless: the first login after a pause fails, just when it must not.
        sku: args.sku,
        requestedBackupStorageRedundancy: "Local",
        zoneRedundant: false,
        tags,
      },
      { parent: this, protect: true },
    );
    const backups = new sql.BackupShortTermRetentionPolicy(
      `${name}-backups`,
      {
        resourceGroupName,
        serverName: server.name,
        databaseName: database.name,
        policyName: "default",
        retentionDays: backupDays,
        diffBackupIntervalInHours: 24,
      },
      { parent: this },
    );
    const within: pulumi.Resource[] = [database, backups];
    const { administrator } = args;
    if (administrator !== undefined)
      within.push(
        new sql.ServerAzureADAdministrator(
          `${name}-administrator`,
          {
            resourceGroupName,
            serverName: server.name,
            administratorName: "ActiveDirectory",
            administratorType: "ActiveDirectory",
            login: administrator.name,
            sid: administrator.objectId,
            tenantId: administrator.tenantId,
          },
          { parent: this },
        ),
      );
    for (const address of args.operatorAddresses)
      within.push(
        new sql.FirewallRule(
          `${name}-operator-${address}`,
          {
            resourceGroupName,
            serverName: server.name,
            firewallRuleName: `operator-${address.replaceAll(".", "-")}`,
            startIpAddress: address,
            endIpAddress: address,
          },
          { parent: this },
        ),
      );
    const access = new PrivateAccess(
      `${name}-private`,
      {
        resourceGroupName,
        location,
        tags,
        endpointName: pulumi.interpolate`${args.serverName}-private`,
        targetId: server.id,
        groupId: privateLinkGroups.sqlserver,
        network: args.network,
      },
      { parent: this },
    );
    if (args.deletionLock) lockDeletion(`${name}-lock`, server.id, this, [...within, access]);

    this.host = server.fullyQualifiedDomainName;
    this.url = pulumi.secret(
      pulumi.interpolate`sqlserver://${adminUser}:${password}@${this.host}:1433/${database.name}?encrypt=true`,
    );
    this.serverId = server.id;
    this.monitoredId = database.id;
    this.registerOutputs({ host: this.host, url: this.url });
  }
}
