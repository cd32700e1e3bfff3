// The shared host as a child process of the drill.
import { runAsChild } from "../processes/main";
import { startPrimary } from "./host";

runAsChild(startPrimary);
