import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

// Cheap on purpose: a rehearsal signs up hundreds of customers a minute on two cores. Stored with each hash, so
// that a real shop can raise it without invalidating what is there.
const cost = 1_024;
const keyLength = 32;

/** Hashes a password; the result holds its salt and cost. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return `scrypt$${String(cost)}$${salt.toString("base64url")}$${key.toString("base64url")}`;
}

/** Whether a password is the one that was hashed. False for anything that is no such hash. */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [kind, usedCost, salt, key] = hash.split("$");
  if (kind !== "scrypt" || usedCost === undefined || salt === undefined || key === undefined) return false;
  const wanted = Buffer.from(key, "base64url");
  const derived = await derive(password, Buffer.from(salt, "base64url"), Number(usedCost));
  return wanted.length === derived.length && timingSafeEqual(wanted, derived);
}

function derive(password: string, salt: Buffer, usedCost: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyLength, { N: usedCost }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
