import type { Pool } from "pg";
import type { Site } from "../settings";
import { mailBackOff, secondsBeforeRetry, type BackOff } from "./backoff";
import type { MailTransport, Outcome } from "./transport";

const batchSize = 100;
const leaseSeconds = 60;
const idleMilliseconds = 400;
/** So many deferrals in one batch mean that the server, not a recipient, asks for patience. */
const deferralsToHold = 2;

interface Claimed {
  readonly id: string;
  readonly order_number: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  readonly attempts: number;
}

interface Deferred {
  readonly mail: Claimed;
  /** Seconds that the server asked for. */
  readonly retryAfter: number;
}

export interface MailCounts {
  readonly sent: number;
  readonly deferred: number;
  readonly failed: number;
}

/**
 * Sends what the outbox holds, until it is stopped.
 *
 * Whose mail is whose: a row names the site that wrote it, and each site sends its own rows only. A straggler's row
 * that reconcile brought over is therefore never sent twice: its own site sends it as long as that lives, and the
 * row here learns of it with the next reconcile. Only when a site is off for good is its unsent mail adopted, by
 * naming it in `sites` after a last reconcile.
 *
 * A row is claimed by moving its next attempt beyond a lease, so that several instances share the work and a crash
 * only delays it.
 */
export class Outbox {
  private readonly counted = { sent: 0, deferred: 0, failed: 0 };
  private stopping = false;
  private wake: () => void = () => undefined;
  private loop: Promise<void> | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly transport: MailTransport,
    private readonly sites: readonly Site[],
    private readonly backOff: BackOff = mailBackOff,
  ) {}

  start(): void {
    this.loop ??= this.run();
  }

  /** There is new mail: do not wait for the next look. */
  nudge(): void {
    this.wake();
  }

  counts(): MailCounts {
    return { ...this.counted };
  }

  /** Finishes the messages under way and ends. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.loop;
    this.transport.close();
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        const claimed = await this.claim();
        if (claimed.length > 0) await this.deliver(claimed);
        if (claimed.length < batchSize) await this.idle();
      } catch (error) {
        console.error(`mail: ${error instanceof Error ? error.message : String(error)}`);
        await this.idle();
      }
    }
  }

  private async claim(): Promise<Claimed[]> {
    const { rows } = await this.pool.query<Claimed>(
      `update mail_outbox set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $2)
        where id in (select id from mail_outbox
                      where status = 'pending' and site = any ($1) and next_attempt_at <= now()
                      order by next_attempt_at, id limit $3 for update skip locked)
       returning id, order_number, recipient, subject, body, attempts`,
      [this.sites, leaseSeconds, batchSize],
    );
    return rows;
  }

  private async deliver(claimed: readonly Claimed[]): Promise<void> {
    const queue = [...claimed];
    const sent: Claimed[] = [];
    const deferred: Deferred[] = [];
    const failed: { mail: Claimed; reason: string }[] = [];
    const work = async (): Promise<void> => {
      while (deferred.length < deferralsToHold && !this.stopping) {
        const mail = queue.shift();
        if (mail === undefined) return;
        const outcome: Outcome = await this.transport.send({
          orderNumber: mail.order_number,
          to: mail.recipient,
          subject: mail.subject,
          body: mail.body,
        });
        if (outcome.kind === "sent") sent.push(mail);
        else if (outcome.kind === "rejected") failed.push({ mail, reason: outcome.reason });
        else deferred.push({ mail, retryAfter: outcome.retryAfter ?? 0 });
      }
    };
    await Promise.all(Array.from({ length: this.transport.connections }, work));
    this.counted.sent += sent.length;
    this.counted.deferred += deferred.length;
    this.counted.failed += failed.length;
    await this.settle(sent, failed);
    await this.retryLater(deferred, queue);
  }

  private async settle(
    sent: readonly Claimed[],
    failed: readonly { mail: Claimed; reason: string }[],
  ): Promise<void> {
    if (sent.length > 0)
      await this.pool.query(`update mail_outbox set status = 'sent', sent_at = now() where id = any ($1)`, [
        sent.map(({ id }) => id),
      ]);
    if (failed.length > 0)
      await this.pool.query(
        `update mail_outbox set status = 'failed', failure = result.reason
           from unnest($1::bigint[], $2::text[]) as result (id, reason) where mail_outbox.id = result.id`,
        [failed.map(({ mail }) => mail.id), failed.map(({ reason }) => reason)],
      );
  }

  /** Messages that were not even tried lose no attempt, but wait with the others: the server asked for patience. */
  private async retryLater(deferred: readonly Deferred[], untried: readonly Claimed[]): Promise<void> {
    if (deferred.length + untried.length === 0) return;
    const asked = Math.max(0, ...deferred.map(({ retryAfter }) => retryAfter));
    const wait = (attempts: number): number =>
      asked + secondsBeforeRetry(attempts, this.backOff, Math.random());
    const held = Math.max(1, ...deferred.map(({ mail }) => mail.attempts));
    const rows = [
      ...deferred.map(({ mail: { id, attempts } }) => ({ id, attempts, seconds: wait(attempts) })),
      ...untried.map(({ id, attempts }) => ({
        id,
        attempts: attempts - 1,
        seconds: deferred.length > 0 ? wait(held) : 0,
      })),
    ];
    await this.pool.query(
      `update mail_outbox set attempts = later.attempts, next_attempt_at = now() + make_interval(secs => later.seconds)
         from unnest($1::bigint[], $2::integer[], $3::double precision[]) as later (id, attempts, seconds)
        where mail_outbox.id = later.id`,
      [rows.map(({ id }) => id), rows.map(({ attempts }) => attempts), rows.map(({ seconds }) => seconds)],
    );
  }

  private idle(): Promise<void> {
    if (this.stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, idleMilliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
