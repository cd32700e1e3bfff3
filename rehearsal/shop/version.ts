/** The version that both sites run, as the package's name has it. */
export const shopVersion = "1.0.0";
