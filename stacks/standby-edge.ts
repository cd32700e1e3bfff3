import type * as pulumi from "@pulumi/pulumi";
import type { AppService } from "../components/app-service";
import type { Edge } from "../components/edge";
import { EdgeDomain } from "../components/edge-domain";
import { EdgeFirewall } from "../components/edge-firewall";
import { EdgeImages } from "../components/edge-images";
import { EdgePause } from "../components/edge-pause";
import { EdgeSite, type ShopSwitch } from "../components/edge-site";
import type { ImageStorage } from "../components/image-storage";
import type { Hosts, localNames } from "../components/names";
import type { PausePage } from "../components/pause-page";
import type { Place } from "../components/place";
import { StandbyNames } from "../components/standby-names";
import type { StandbySettings } from "../settings";

interface ShopEdgeArgs {
  readonly settings: StandbySettings;
  readonly hosts: Hosts;
  readonly place: Place;
  readonly names: ReturnType<typeof localNames>;
  readonly edge: Edge;
  readonly app: AppService;
  readonly pausePage: PausePage;
  readonly images: ImageStorage;
  /** The certificate of all of its names; undefined: managed, one each. */
  readonly certificateId: pulumi.Output<string> | undefined;
}

interface ShopEdge {
  readonly domains: readonly EdgeDomain[];
  readonly shopSwitch: ShopSwitch;
}

/** Everything at the edge, built before the day: nothing there is reconfigured at a cutover. */
export function shopEdge(args: ShopEdgeArgs): ShopEdge {
  const { settings, hosts, place, names, edge, app, pausePage, images, certificateId } = args;
  const profile = { resourceGroupName: place.resourceGroupName, profileName: edge.profileName };
  const domain = (part: string, hostName: string) =>
    new EdgeDomain(`domain-${part}`, { ...profile, zoneId: settings.zoneId, hostName, certificateId });
  const publicDomain = domain("public", hosts.public);
  const apexDomain = domain("apex", hosts.apex);
  const standbyDomain = domain("standby", hosts.standby);
  const imageDomain = domain("images", hosts.images);

  const { destination } = new EdgePause("edge-pause", {
    ...profile,
    endpointName: edge.endpointName,
    originHost: pausePage.host,
    domainId: standbyDomain.domainId,
  });
  const site = new EdgeSite("edge-shop", {
    ...profile,
    endpointName: edge.endpointName,
    originHost: app.host,
    domainIds: [publicDomain.domainId, apexDomain.domainId, standbyDomain.domainId],
    pause: destination,
    open: settings.shopOpen,
  });
  const imageRoute = new EdgeImages("edge-images", {
    ...profile,
    endpointName: edge.endpointName,
    storageHost: images.host,
    container: images.container,
    domainId: imageDomain.domainId,
  });
  new EdgeFirewall("edge-firewall", {
    ...profile,
    policyName: names.firewall,
    domainIds: [publicDomain.domainId, apexDomain.domainId, standbyDomain.domainId],
    tags: place.tags,
  });
  new StandbyNames(
    "names",
    {
      zoneId: settings.zoneId,
      edgeHost: edge.host,
      standbyName: hosts.standby,
      imageName: hosts.images,
    },
    // A name is given out only for what answers.
    { dependsOn: [site, imageRoute] },
  );
  return { domains: [publicDomain, apexDomain, standbyDomain, imageDomain], shopSwitch: site.switch };
}
