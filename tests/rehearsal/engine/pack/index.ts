import { PolicyPack } from "@pulumi/policy";

new PolicyPack("engine-test-pack", {
  policies: [
    {
      name: "polite",
      description: "Words are polite.",
      enforcementLevel: "mandatory",
      validateResource: (args, report) => {
        if (args.props["word"] === "rude") report("say something else");
      },
    },
    {
      name: "long",
      description: "Words are long.",
      enforcementLevel: "advisory",
      validateResource: (args, report) => {
        if (typeof args.props["word"] === "string" && args.props["word"].length < 5) report("too short");
      },
    },
  ],
});
