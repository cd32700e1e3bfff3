/** Names that secrets go by. */
export const secretName =
  /SECRET|PASSW(OR)?D|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIAL|CONNECTION_?STRING|DATABASE_URL/i;

/** What no text holds but a secret: a password in a URL, Azure's keys and signatures, a key in PEM. */
export const secretText =
  /:\/\/[^/\s:@"]+:[^/\s@"]+@|\b(AccountKey|SharedAccessKey|Password|Pwd)=[^;]|[?&]sig=|-----BEGIN [A-Z ]*PRIVATE KEY/i;

/** How an app's setting begins that is read from the vault. */
export const vaultReference = "@Microsoft.KeyVault(";
