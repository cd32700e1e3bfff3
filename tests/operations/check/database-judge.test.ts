import { judgeDatabase } from "../../../operations/check/checks/database";

const seen = { server: "PostgreSQL 16.4", encrypted: true, verified: true, tables: 9 };

test.each([
  [{}, "pass", "PostgreSQL 16.4 answers over TLS and holds 9 tables"],
  [{ tables: 0 }, "fail", "PostgreSQL 16.4 answers, but holds no tables"],
  [{ encrypted: false }, "fail", "PostgreSQL 16.4 lets connections in without encryption"],
  [
    { verified: false },
    "warn",
    "PostgreSQL 16.4 answers over TLS and holds 9 tables; its certificate was not checked",
  ],
])("%j is a %s", (over, status, found) => {
  expect(judgeDatabase({ ...seen, ...over })).toMatchObject({ status, found });
});
