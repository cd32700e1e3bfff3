import { z } from "zod";
import {
  addressSchema,
  changeAddress,
  closeAccount,
  closeSchema,
  logIn,
  loginSchema,
  signUp,
  signUpSchema,
} from "../accounts";
import { createDesign, designSchema, findDesign, newestDesigns } from "../designs";
import { cancelOrder, checkoutSchema, findOrder, ordersOf, placeOrder } from "../orders";
import { accountPage, loginForm, orderPage, signUpForm } from "../pages/account";
import { shopVersion } from "../version";
import { styleSheet } from "../pages/layout";
import { designForm, designPage, gallery } from "../pages/shop";
import { loggedIn, type Asked, type Handler, type Route } from "./app";
import { json, page, redirect, withCookie, type Reply } from "./reply";
import { readBody, wantsJson } from "./request";

const galleryLength = 8;
const designId = z.coerce.number().int().positive().max(2_147_483_647);

/** A form sends one line flat; a program sends the whole basket. */
const checkoutBody = z.preprocess((given) => {
  if (typeof given !== "object" || given === null || !("designId" in given)) return given;
  const { designId: id, size, quantity, ...rest } = given as Record<string, unknown>;
  return { ...rest, lines: [{ designId: id, size, quantity }] };
}, checkoutSchema);

/** JSON for a program; for a browser the page to look at next. */
function done({ request }: Asked, content: unknown, next: string, status = 200): Reply {
  return wantsJson(request) ? json(content, status) : redirect(next);
}

const health: Handler = async ({ app }) => {
  await app.pool.query("select 1");
  return json({ site: app.settings.site, database: "ok" });
};

const showVersion: Handler = () => Promise.resolve(json({ version: shopVersion }));

const showGallery: Handler = async ({ app }) =>
  page(gallery(app.image, await newestDesigns(app.pool, galleryLength)));

const showDesign: Handler = async ({ app, part }) => {
  const id = designId.safeParse(part);
  return page(designPage(app.image, await findDesign(app.pool, id.success ? id.data : 0)));
};

const showDesigner: Handler = async ({ app, url }) => {
  const from = designId.safeParse(url.searchParams.get("from"));
  return page(designForm(from.success ? await findDesign(app.pool, from.data) : undefined));
};

const showAccount: Handler = async (asked) => {
  const { visitor } = await loggedIn(asked);
  const orders = await ordersOf(asked.app.pool, visitor.customerId);
  return wantsJson(asked.request)
    ? json({ email: visitor.email, orders })
    : page(accountPage(visitor, orders));
};

const showOrder: Handler = async (asked) => {
  const { visitor } = await loggedIn(asked);
  const order = await findOrder(asked.app.pool, visitor.customerId, asked.part);
  return wantsJson(asked.request) ? json(order) : page(orderPage(order));
};

const postSignUp: Handler = async (asked) => {
  const { app, request } = asked;
  const given = await readBody(request, signUpSchema);
  const account = await signUp(app.pool, given);
  const session = await app.sessions.open(app.pool, account.customerId, given.email);
  return withCookie(done(asked, account, "/account", 201), session);
};

const postLogin: Handler = async (asked) => {
  const { app, request } = asked;
  const { customerId, email } = await logIn(app.pool, await readBody(request, loginSchema));
  return withCookie(
    done(asked, { customerId }, "/account"),
    await app.sessions.open(app.pool, customerId, email),
  );
};

const postLogout: Handler = async (asked) => {
  const { key } = await loggedIn(asked);
  return withCookie(done(asked, {}, "/"), await asked.app.sessions.close(asked.app.pool, key));
};

const postDesign: Handler = async (asked) => {
  const { visitor } = await loggedIn(asked);
  const given = await readBody(asked.request, designSchema);
  const id = await createDesign(asked.app.pool, visitor.customerId, given);
  return done(asked, { designId: id }, `/designs/${String(id)}`, 201);
};

const postCheckout: Handler = async (asked) => {
  const { app, request } = asked;
  const { visitor } = await loggedIn(asked);
  const order = await placeOrder(app.pool, app.settings, visitor, await readBody(request, checkoutBody));
  app.outbox.nudge();
  return done(asked, order, `/orders/${order.number}`, 201);
};

const postCancel: Handler = async (asked) => {
  const { visitor } = await loggedIn(asked);
  await cancelOrder(asked.app.pool, visitor.customerId, asked.part);
  return done(asked, { number: asked.part, status: "cancelled" }, `/orders/${asked.part}`);
};

const postAddress: Handler = async (asked) => {
  const { visitor } = await loggedIn(asked);
  const address = await readBody(asked.request, addressSchema);
  return done(
    asked,
    { addressId: await changeAddress(asked.app.pool, visitor.customerId, address) },
    "/account",
  );
};

const postClose: Handler = async (asked) => {
  const { visitor } = await loggedIn(asked);
  const { password } = await readBody(asked.request, closeSchema);
  return done(asked, await closeAccount(asked.app.pool, visitor.customerId, password), "/");
};

const showStyle: Handler = () =>
  Promise.resolve({
    status: 200,
    headers: { "content-type": "text/css; charset=utf-8", "cache-control": "public, max-age=3600" },
    body: styleSheet,
  });

const show =
  (reply: () => Reply): Handler =>
  () =>
    Promise.resolve(reply());

/** Everything that the shop answers. */
export const routes: readonly Route[] = [
  { method: "GET", path: "/", handler: showGallery },
  { method: "GET", path: "/healthz", handler: health },
  { method: "GET", path: "/version", handler: showVersion },
  { method: "GET", path: "/style.css", handler: showStyle },
  { method: "GET", path: "/designs/*", handler: showDesign },
  { method: "GET", path: "/design", handler: showDesigner },
  { method: "GET", path: "/sign-up", handler: show(() => page(signUpForm())) },
  { method: "GET", path: "/login", handler: show(() => page(loginForm())) },
  { method: "GET", path: "/account", handler: showAccount },
  { method: "GET", path: "/orders/*", handler: showOrder },
  { method: "POST", path: "/sign-up", handler: postSignUp },
  { method: "POST", path: "/login", handler: postLogin },
  { method: "POST", path: "/logout", handler: postLogout },
  { method: "POST", path: "/designs", handler: postDesign },
  { method: "POST", path: "/checkout", handler: postCheckout },
  { method: "POST", path: "/orders/*/cancel", handler: postCancel },
  { method: "POST", path: "/account/address", handler: postAddress },
  { method: "POST", path: "/account/close", handler: postClose },
];
