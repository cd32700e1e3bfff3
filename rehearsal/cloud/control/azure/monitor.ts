import { z } from "zod";
import { badRequest } from "../fault";
import { guidOf } from "../guid";
import { admitOnPlan } from "./web";
import { lastOf, pick, type RuleBook } from "./rules";

const webTestSchema = z.object({
  webTestKind: z.string(),
  syntheticMonitorId: z.string(),
  tags: z.record(z.string(), z.string()).default({}),
});
const autoscaleSchema = z.object({
  targetResourceUri: z.string(),
  profiles: z.array(
    z.object({
      name: z.string(),
      capacity: z.object({ minimum: z.string(), maximum: z.string(), default: z.string() }),
    }),
  ),
});
const hidden = /^hidden-link:(\/subscriptions\/.+)$/i;

export const monitorRules: RuleBook = {
  "operationalinsights:Workspace": {
    outputs: ({ id }) => ({ customerId: guidOf(`workspace ${id}`) }),
  },
  "applicationinsights:Component": {
    replaces: ["kind"],
    outputs: ({ id }) => {
      const key = guidOf(`component ${id}`);
      const ingestion = "https://westeurope-0.in.applicationinsights.azure.com/";
      return {
        appId: guidOf(`application ${id}`),
        applicationId: lastOf(id),
        instrumentationKey: key,
        connectionString: `InstrumentationKey=${key};IngestionEndpoint=${ingestion}`,
      };
    },
  },
  "applicationinsights:WebTest": {
    admit: ({ id, values }, { world }) => {
      const { tags } = pick(webTestSchema, values);
      const links = Object.keys(tags).flatMap((tag) => hidden.exec(tag)?.[1] ?? []);
      if (!links.some((link) => world.get(link) !== undefined))
        throw badRequest(
          "BadRequest",
          `Web test ${lastOf(id)}: a tag 'hidden-link:<id of an Application Insights component>' with the value ` +
            "'Resource' is required, and the component has to exist.",
        );
    },
  },
  "monitor:AutoscaleSetting": {
    replaces: ["targetResourceUri"],
    admit: ({ values }, { world }) => {
      const { targetResourceUri, profiles } = pick(autoscaleSchema, values);
      admitOnPlan(targetResourceUri, { more: "Autoscale" }, world);
      for (const { name, capacity } of profiles) {
        const [least, usual, most] = [capacity.minimum, capacity.default, capacity.maximum].map(Number);
        if (!(Number(least) <= Number(usual) && Number(usual) <= Number(most)))
          throw badRequest(
            "BadRequest",
            `Autoscale profile ${name}: minimum ${capacity.minimum}, default ${capacity.default} and maximum ` +
              `${capacity.maximum} are not in order.`,
          );
      }
    },
  },
};
