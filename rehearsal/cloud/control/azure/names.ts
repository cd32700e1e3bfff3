import type { AzureKind, AzureToken } from "../../types/catalogue";
import type { JsonObject } from "../json";
import type { World } from "../world";

/** Kinds whose names are unique in all of Azure, with the code and the words with which Azure says so. */
const worldwide: Readonly<Partial<Record<AzureToken, readonly [code: string, words: string]>>> = {
  "web:WebApp": ["Conflict", "Website with given name {name} already exists."],
  "storage:StorageAccount": [
    "StorageAccountAlreadyTaken",
    "The storage account named {name} is already taken.",
  ],
  "keyvault:Vault": ["VaultAlreadyExists", "The vault name '{name}' is already in use."],
  "dbforpostgresql:Server": ["ServerNameAlreadyExists", "Specified server name '{name}' is already used."],
  "dbformysql:Server": ["ServerNameAlreadyExists", "Specified server name '{name}' is already used."],
  "sql:Server": ["NameAlreadyExists", "The name '{name}' already exists. Choose a different name."],
  "communication:CommunicationService": ["NameReservationTaken", "Resource name '{name}' is already in use."],
};

/** Why a resource cannot have its name: another one in the world has it. */
export function nameTaken(
  kind: AzureKind,
  values: JsonObject,
  world: World,
): { readonly code: string; readonly message: string } | undefined {
  const words = worldwide[kind.token];
  const name = values[kind.ownName];
  if (words === undefined || typeof name !== "string") return undefined;
  const taken = world.ofType(kind.token).some((other) => {
    const given = other.values[kind.ownName];
    return typeof given === "string" && given.toLowerCase() === name.toLowerCase();
  });
  return taken ? { code: words[0], message: words[1].replace("{name}", name) } : undefined;
}
