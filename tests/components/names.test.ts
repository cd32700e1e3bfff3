import fc from "fast-check";
import { globalNames, hostsOf, localNames, suffixLength, wordOf } from "../../components/names";

test("the public hosts of a zone", () => {
  expect(hostsOf("blanklabel.example")).toEqual({
    public: "www.blanklabel.example",
    apex: "blanklabel.example",
    standby: "standby.blanklabel.example",
    images: "images.blanklabel.example",
    mail: "mail.blanklabel.example",
    origin: "origin.blanklabel.example",
  });
});

test.each([
  ["blanklabel.example", "blanklabel"],
  ["a-very-long-shop-name.example", "averylongsh"],
  ["7shirts.example", "s7shirts"],
  ["x.example", "xshop"],
])("%s is called %s", (domain, word) => {
  expect(wordOf(domain)).toBe(word);
});

test("names are what each service allows, whatever the zone", () => {
  const domain = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/).map((label) => `${label}.example`);
  const suffix = fc.stringMatching(new RegExp(`^[a-z0-9]{${String(suffixLength)}}$`));
  fc.assert(
    fc.property(domain, suffix, (zone, end) => {
      const global = globalNames(zone, end);
      expect(global.vault).toMatch(/^[a-z][a-z0-9-]{1,22}[a-z0-9]$/);
      expect(global.certificateVault).toMatch(/^[a-z][a-z0-9-]{1,22}[a-z0-9]$/);
      expect(global.imageStorage).toMatch(/^[a-z0-9]{3,24}$/);
      expect(global.fileStorage).toMatch(/^[a-z0-9]{3,24}$/);
      expect(global.databaseServer).toMatch(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/);
      expect(global.webApp).toMatch(/^[a-z][a-z0-9-]{1,58}[a-z0-9]$/);
      expect(global.pausePage).toMatch(/^[a-z][a-z0-9-]{1,58}[a-z0-9]$/);
      expect(global.endpoint).toMatch(/^[a-z][a-z0-9-]{1,44}[a-z0-9]$/);
      expect(global.communication).toMatch(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/);
      const local = localNames(zone);
      expect(local.firewall).toMatch(/^[a-z][a-z0-9]{1,127}$/);
      expect(local.plan).toMatch(/^[a-z][a-z0-9-]{1,58}[a-z0-9]$/);
      expect(local.sidePlan).toMatch(/^[a-z][a-z0-9-]{1,58}[a-z0-9]$/);
    }),
  );
});
