// The visitors as a child process of the drill.
import { runAsChild } from "../processes/main";
import { startVisitors } from "./host";

runAsChild(startVisitors);
