import { describe, expect, it } from "vitest";
import { compileGrant } from "../policy/compile";
import { callTable } from "../testing/callTable";
import { snowflake } from "./snowflake";

const READER = "session:role:VALET_READER";
const WRITER = "session:role:VALET_WRITER";
callTable(snowflake, [
  ["GET", "/api/v2/databases", [READER], "objects:read"],
  ["GET", "/api/v2/databases/SALES/schemas/PUBLIC/tables/ORDERS", [READER], "objects:read"],
  ["GET", "/api/v2/warehouses", ["objects:read"], "objects:read"],
  ["GET", "/api/v2/statements/01b2", [READER], "objects:read"],
  ["POST", "/api/v2/statements", [READER], `outside_grant: ${WRITER}`],
  ["POST", "/api/v2/statements", [WRITER], WRITER],
  ["POST", "/api/v2/statements/01b2/cancel", [READER], `outside_grant: ${WRITER}`],
  ["POST", "/api/v2/statements/01b2/cancel", [WRITER], WRITER],
  ["DELETE", "/api/v2/databases/SALES", [WRITER], "unknown_call"],
  ["POST", "/api/v2/databases", [WRITER], "unknown_call"],
  ["GET", "/api/v2/users", [READER], "unknown_call"],
  ["POST", "/oauth/token-request", [WRITER], "exception"],
  ["POST", "/session/v1/login-request", [WRITER], "exception"],
  ["POST", "/queries/v1/query-request", [WRITER], "exception"],
]);

describe("a Snowflake connection", () => {
  it("is for one user in one role that was made for agents", () => {
    expect(snowflake.account.read({ data: [["ADA", "VALET_READER", "XY123"]] })).toEqual({
      id: "XY123.ADA.VALET_READER",
      name: "ADA at XY123 as VALET_READER",
    });
    for (const data of [[["ADA", "SYSADMIN", "XY123"]], [["ADA", null, "XY123"]], [["ADA"]], [[]], [], "ADA"])
      expect(snowflake.account.read({ data })).toBeNull();
  });

  it("never hands out a token, with which an agent could run SQL past the gateway", () => {
    expect(compileGrant(snowflake, [READER, "refresh_token"], [READER])).toMatchObject({ delivery: "gateway", directPossible: false });
  });
});
