/**
 * `@peculiar/x509` finds its parts by decorators and asks for the `Reflect` metadata calls of a package that nothing
 * here installs. It uses no metadata of its own, so that remembering none is enough. Import before it.
 */
interface Metadata {
  getMetadata?: () => undefined;
  getOwnMetadata?: () => undefined;
  defineMetadata?: () => void;
}

const reflect: typeof Reflect & Metadata = Reflect;
reflect.getMetadata ??= () => undefined;
reflect.getOwnMetadata ??= () => undefined;
reflect.defineMetadata ??= () => undefined;

export {};
