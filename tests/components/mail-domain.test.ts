import { dkimName } from "../../components/mail-domain";

test.each([
  "selector1-azurecomm-prod-net._domainkey",
  "selector1-azurecomm-prod-net._domainkey.mail",
  "selector1-azurecomm-prod-net._domainkey.mail.blanklabel.example",
])("%s stands below the mail domain", (given) => {
  expect(dkimName(given, "mail.blanklabel.example")).toBe(
    "selector1-azurecomm-prod-net._domainkey.mail.blanklabel.example",
  );
});
