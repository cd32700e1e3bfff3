import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

new PolicyPack("warm-standby", { enforcementLevel: "mandatory", policies: [...rules] });
