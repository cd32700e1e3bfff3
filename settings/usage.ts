import type { Size } from "./standby";

/** Hours in a month, as Azure's own calculator counts them. */
export const hoursPerMonth = 730;

/**
 * A usual month's visitors, in busiest hours of the forecast: 60,000 visitors a month against 10,000 in the hour the
 * shop is made for. While it is warm they meet the standby at its images only, which are most of what they load.
 */
const busiestHoursInUsualMonth = 6;
/** What a month of surge adds: a day and a night that are all as busy as the forecast's hour. */
const busiestHoursOfTheDay = 24;

/** A visitor's requests, mostly images, and what they weigh. */
const requestsPerVisitor = 40;
const megabytesPerVisitor = 3;
/** A line of the edge's access log. */
const kilobytesPerLogLine = 1;
/** What web tests, metrics and an app without visitors write in a month. */
const idleLogGigabytes = 1;
/** A confirmation with its head, sent once. */
const megabytesPerMail = 0.1;

/** What is stored: images with their predecessors, packages and uploaded files, the database's disk. */
export const imageGigabytes = 10;
export const fileGigabytes = 5;
export const databaseGigabytes = 32;
/** Secrets read at each start of an instance, and every day. */
export const vaultOperations = 10_000;

/** What the bill of a month depends on beyond what stands there. */
export interface Usage {
  readonly visitors: number;
  readonly requests: number;
  readonly egressGigabytes: number;
  readonly logGigabytes: number;
  readonly mails: number;
  readonly mailMegabytes: number;
}

/** A month's use: a usual one while warm, one with the forecast's day in it while at surge. */
export function monthlyUsage(
  forecast: { readonly visitorsPerHour: number; readonly mailsPerHour: number },
  size: Size,
): Usage {
  const hours = busiestHoursInUsualMonth + (size === "surge" ? busiestHoursOfTheDay : 0);
  const visitors = forecast.visitorsPerHour * hours;
  const mails = forecast.mailsPerHour * hours;
  const requests = visitors * requestsPerVisitor;
  return {
    visitors,
    requests,
    egressGigabytes: (visitors * megabytesPerVisitor) / 1000,
    logGigabytes: idleLogGigabytes + (requests * kilobytesPerLogLine) / 1_000_000,
    mails,
    mailMegabytes: mails * megabytesPerMail,
  };
}

/** The assumptions, as the reader of a bill needs them. */
export const usageInWords = (usage: Usage): string =>
  `${usage.visitors.toLocaleString("en-US")} visitors a month of ${requestsPerVisitor} requests and ` +
  `${megabytesPerVisitor} MB each, ${usage.mails.toLocaleString("en-US")} mails, ` +
  `${imageGigabytes} GB of images, ${fileGigabytes} GB of packages and files, a database of ${databaseGigabytes} GB`;
