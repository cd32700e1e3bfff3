import { orderTables } from "../../../operations/data/order";
import type { Table } from "../../../operations/data/model";

interface Reference {
  readonly parent: string;
  readonly required?: boolean;
  readonly deferrable?: boolean;
}

function table(name: string, ...references: readonly Reference[]): Table {
  const column = (one: string, notNull: boolean) => ({
    name: one,
    type: "integer",
    notNull,
    generated: false,
    identityAlways: false,
  });
  return {
    name,
    schema: "public",
    relation: name,
    columns: [
      column("id", true),
      ...references.map((one, at) => column(`${one.parent}_${at}`, one.required === true)),
    ],
    key: ["id"],
    keyDeferrable: false,
    foreignKeys: references.map((one, at) => ({
      name: `${name}_${one.parent}`,
      columns: [`${one.parent}_${at}`],
      parent: one.parent,
      parentColumns: ["id"],
      deferrable: one.deferrable === true,
      onDelete: "nothing",
    })),
    uniqueKeys: [],
    triggers: [],
  };
}
const names = (tables: readonly Table[]): readonly string[] => tables.map((one) => one.name);

test("parents come first, and a reference to itself needs no order", () => {
  const order = orderTables([
    table("lines", { parent: "orders" }, { parent: "designs" }),
    table("orders", { parent: "users" }),
    table("designs", { parent: "designs" }),
    table("users", { parent: "users" }),
  ]);
  expect(names(order.tables)).toEqual(["designs", "users", "orders", "lines"]);
  expect(order.linked).toEqual([]);
});

test("a cycle is opened where a reference may be null, or at one that is checked at the end", () => {
  const nullable = orderTables([
    table("users", { parent: "addresses" }),
    table("addresses", { parent: "users", required: true }),
  ]);
  expect(names(nullable.tables)).toEqual(["users", "addresses"]);
  expect(nullable.linked.map((one) => one.foreignKey.name)).toEqual(["users_addresses"]);
  const deferrable = orderTables([
    table("users", { parent: "addresses", required: true, deferrable: true }),
    table("addresses", { parent: "users", required: true }),
  ]);
  expect(names(deferrable.tables)).toEqual(["users", "addresses"]);
  expect(deferrable.linked).toEqual([]);
});

test("a cycle that cannot be opened is named with its constraints", () => {
  const { problems } = orderTables([
    table("a", { parent: "b", required: true }),
    table("b", { parent: "a", required: true }),
    table("c", { parent: "a", required: true }),
  ]);
  expect(problems).toEqual([expect.stringMatching(/^a, b: .*make one of a_b, b_a DEFERRABLE$/)]);
});
