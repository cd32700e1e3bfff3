import * as pulumi from "@pulumi/pulumi";
import * as dynamic from "@pulumi/pulumi/dynamic";

interface Inputs {
  readonly word: string;
  readonly hang: boolean;
}

class Echo implements dynamic.ResourceProvider<Inputs, Inputs & { pid: number }> {
  async create(inputs: Inputs): Promise<dynamic.CreateResult<Inputs & { pid: number }>> {
    if (inputs.hang) await new Promise((resolve) => setTimeout(resolve, 600_000));
    return { id: "echo", outs: { ...inputs, pid: process.pid } };
  }

  update(_id: string, _old: Inputs, inputs: Inputs): Promise<dynamic.UpdateResult<Inputs & { pid: number }>> {
    return Promise.resolve({ outs: { ...inputs, pid: process.pid } });
  }
}

class Word extends dynamic.Resource {
  declare readonly pid: pulumi.Output<number>;

  constructor(name: string, word: pulumi.Input<string>, hang: boolean) {
    super(new Echo(), name, { word, hang, pid: undefined });
  }
}

const config = new pulumi.Config();
const how = config.get("how");
if (how === "throw") throw new Error("the program does not like it");
const resource = new Word("word", config.require("word"), how === "hang");

export const word = config.require("word");
export const token = config
  .requireSecretObject<{ deep: { token: string } }>("keys")
  .apply(({ deep }) => deep.token);
export const pid = resource.pid;
export const rootNodeOptions = process.env["NODE_OPTIONS"] ?? "none";
export const inherited = process.env["ENGINE_TEST_INHERITED"] ?? "nothing";
const sibling = config.get("sibling");
export const siblingWord =
  sibling === undefined ? "none" : new pulumi.StackReference(sibling).requireOutput("word");
