import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import https from "node:https";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { TooBusy } from "../shop/admission";
import { shopImages } from "../shop/images";
import type { Shop } from "../shop/shop";

/** Pictures may fill this part of the queue only: under load they are what fails first. */
const imageShare = 0.5;

export interface FrontCounts {
  readonly imagesServed: number;
  readonly imagesFailed: number;
}

export interface Front {
  readonly server: https.Server;
  counts(): FrontCounts;
}

/**
 * The shared host's web server: TLS, the shop's pages, and the pictures from its own disk, all by the same few
 * workers.
 */
export function createFront(options: {
  readonly certificate: { readonly chain: string; readonly key: string };
  readonly shop: Shop;
  readonly imageFolder: string;
  readonly imageMilliseconds: number;
}): Front {
  const { shop } = options;
  const counted = { imagesServed: 0, imagesFailed: 0 };

  const serveImage = async (file: string, response: ServerResponse): Promise<void> => {
    const image = shopImages().get(file);
    if (image === undefined) {
      end(response, 404);
      return;
    }
    try {
      const content = await shop.admission.run(imageShare, async () => {
        await delay(options.imageMilliseconds);
        return readFile(path.join(options.imageFolder, image.file));
      });
      counted.imagesServed++;
      response.writeHead(200, {
        "content-type": image.contentType,
        "cache-control": "public, max-age=31536000, immutable",
        "x-site": "primary",
      });
      response.end(content);
    } catch (error) {
      counted.imagesFailed++;
      end(response, error instanceof TooBusy ? 503 : 500);
    }
  };

  const server = https.createServer(
    { cert: options.certificate.chain, key: options.certificate.key, keepAliveTimeout: 15_000 },
    (request: IncomingMessage, response: ServerResponse) => {
      const image = /^\/images\/([\w.-]+)$/.exec(request.url ?? "");
      if (image?.[1] === undefined) shop.handler(request, response);
      else void serveImage(image[1], response);
    },
  );
  return { server, counts: () => ({ ...counted }) };
}

function end(response: ServerResponse, status: number): void {
  if (!response.headersSent) response.writeHead(status, { "x-site": "primary" });
  response.end();
}
