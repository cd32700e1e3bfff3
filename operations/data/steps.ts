/** Orders the writes of single rows: as few sets as possible, each of one kind and one table, none before what it waits for. */
import type { Key, RowId, RowRef, TableName } from "./model";
import type { Digest } from "./three-way";

export type StepKind = "delete" | "update" | "insert";

/** The write of one row; a row is written at most once. */
export interface Operation extends RowRef {
  readonly id: RowId;
  readonly kind: StepKind;
  /** What the row will be, undefined when it is deleted. */
  readonly digest: Digest;
  /** The source's key, where the row is another there. */
  readonly origin?: Key | undefined;
}

export interface Wait {
  readonly before: RowId;
  readonly after: RowId;
  /** For a unique value to be given free, rather than for a reference. */
  readonly unique: boolean;
}

/** Rows that one statement writes. */
export interface Step {
  readonly kind: StepKind;
  readonly table: TableName;
  readonly rows: readonly Operation[];
}

export interface Schedule {
  readonly steps: readonly Step[];
  /** Waits for a unique value that lead back to themselves, such as two rows which swap one. Empty: all is ordered. */
  readonly circular: readonly Wait[];
}

/** What could be written now at best goes first: a value given free is there for whoever takes it. */
const rank: Readonly<Record<StepKind, number>> = { delete: 0, update: 1, insert: 2 };

interface Node {
  readonly operation: Operation;
  /** How many operations of earlier statements are still to come. */
  open: number;
  readonly next: Node[];
  /** References among rows of one table and kind, which one statement satisfies together. */
  readonly together: Node[];
  readonly companions: Node[];
}

interface Group {
  readonly kind: StepKind;
  readonly table: TableName;
  readonly waiting: Set<Node>;
  readonly ready: Set<Node>;
}

export function schedule(operations: readonly Operation[], waits: readonly Wait[]): Schedule {
  const nodes = new Map<RowId, Node>();
  for (const operation of operations)
    nodes.set(operation.id, { operation, open: 0, next: [], together: [], companions: [] });
  for (const wait of waits) connect(nodes.get(wait.before), nodes.get(wait.after), wait.unique);
  const groups = groupsOf(nodes.values());
  const steps: Step[] = [];
  for (let step = take(groups); step !== undefined; step = take(groups)) {
    steps.push({
      kind: step.group.kind,
      table: step.group.table,
      rows: step.nodes.map((one) => one.operation),
    });
    for (const node of step.nodes)
      for (const next of node.next)
        if (--next.open === 0) groups.get(nameOf(next.operation))?.ready.add(next);
  }
  const left = new Set([...groups.values()].flatMap((group) => [...group.waiting]));
  if (left.size === 0) return { steps, circular: [] };
  const cyclic = coreOf(left);
  const circular = waits.filter(
    (wait) => wait.unique && cyclic.has(wait.before) && cyclic.has(wait.after) && wait.before !== wait.after,
  );
  if (circular.length > 0) return { steps, circular };
  // References alone: left to the database, which says what it minds.
  for (const { kind, table, waiting } of groups.values())
    if (waiting.size > 0) steps.push({ kind, table, rows: [...waiting].map((node) => node.operation) });
  return { steps, circular: [] };
}

const nameOf = (operation: Operation): string => `${operation.kind} ${operation.table}`;

function connect(before: Node | undefined, after: Node | undefined, unique: boolean): void {
  if (before === undefined || after === undefined || before === after) return;
  const [one, other] = [before.operation, after.operation];
  if (!unique && one.kind === other.kind && one.table === other.table && one.kind !== "update") {
    after.companions.push(before);
    before.together.push(after);
    return;
  }
  before.next.push(after);
  after.open++;
}

function groupsOf(nodes: Iterable<Node>): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const node of nodes) {
    const { kind, table } = node.operation;
    const name = nameOf(node.operation);
    const group = groups.get(name) ?? { kind, table, waiting: new Set<Node>(), ready: new Set<Node>() };
    groups.set(name, group);
    group.waiting.add(node);
    if (node.open === 0) group.ready.add(node);
  }
  return new Map([...groups].sort(([, one], [, other]) => rank[one.kind] - rank[other.kind]));
}

/** The next set: one that leaves nothing of its kind and table behind if there is one, else the first of all. */
function take(groups: ReadonlyMap<string, Group>): { group: Group; nodes: readonly Node[] } | undefined {
  const whole: Group[] = [];
  const partial: Group[] = [];
  for (const group of groups.values())
    if (group.ready.size > 0) (group.ready.size === group.waiting.size ? whole : partial).push(group);
  for (const group of [...whole, ...partial]) {
    const nodes = closed(group);
    if (nodes.length === 0) continue;
    for (const node of nodes) {
      group.ready.delete(node);
      group.waiting.delete(node);
    }
    return { group, nodes };
  }
  return undefined;
}

/** Those of the ready rows whose companions are written already or come along. */
function closed({ ready, waiting }: Group): readonly Node[] {
  const out = new Set<Node>();
  const dropped: Node[] = [];
  const drop = (node: Node): void => {
    if (!ready.has(node) || out.has(node)) return;
    out.add(node);
    dropped.push(node);
  };
  for (const node of ready)
    if (node.companions.some((one) => waiting.has(one) && !ready.has(one))) drop(node);
  for (let node = dropped.pop(); node !== undefined; node = dropped.pop()) node.together.forEach(drop);
  return [...ready].filter((node) => !out.has(node));
}

/** Without what merely waits for a cycle: the rows that something on a cycle waits for in turn. */
function coreOf(left: ReadonlySet<Node>): ReadonlySet<RowId> {
  const before = new Map<Node, Node[]>();
  const followers = new Map<Node, number>();
  for (const node of left) {
    const next = [...node.next, ...node.together].filter((one) => left.has(one));
    followers.set(node, next.length);
    for (const one of next) {
      const others = before.get(one);
      if (others === undefined) before.set(one, [node]);
      else others.push(node);
    }
  }
  const core = new Set(left);
  const ends = [...left].filter((node) => followers.get(node) === 0);
  for (let node = ends.pop(); node !== undefined; node = ends.pop()) {
    core.delete(node);
    for (const one of before.get(node) ?? []) {
      const rest = (followers.get(one) ?? 0) - 1;
      followers.set(one, rest);
      if (rest === 0) ends.push(one);
    }
  }
  return new Set([...core].map((node) => node.operation.id));
}
