process.env["PULUMI_NODEJS_PROJECT"] = "warm-standby";
