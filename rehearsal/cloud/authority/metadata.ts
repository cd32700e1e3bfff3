/**
 * The two reflection functions that the certificate library's injector asks for when it is loaded. They are given
 * to `Reflect` only where nothing has done so yet; import this module before the library.
 */
const metadata = new WeakMap<object, Map<unknown, unknown>>();

const define = (key: unknown, value: unknown, target: object): void => {
  const own = metadata.get(target) ?? new Map<unknown, unknown>();
  metadata.set(target, own.set(key, value));
};
const getOwn = (key: unknown, target: object): unknown => metadata.get(target)?.get(key);
const get = (key: unknown, target: object): unknown => {
  for (let at: object | null = target; at !== null; at = Reflect.getPrototypeOf(at))
    if (metadata.get(at)?.has(key) === true) return getOwn(key, at);
  return undefined;
};

if (!("getMetadata" in Reflect))
  for (const [name, value] of Object.entries({
    defineMetadata: define,
    getOwnMetadata: getOwn,
    getMetadata: get,
  }))
    Object.defineProperty(Reflect, name, { value, configurable: true, writable: true });
