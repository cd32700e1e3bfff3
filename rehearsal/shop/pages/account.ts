import { dollars } from "../mail/messages";
import type { OrderView } from "../orders";
import type { Visitor } from "../sessions";
import { html, type Html } from "./html";
import { layout } from "./layout";

const addressFields = html`<label>street<input name="street" required /></label>
  <label>postcode<input name="postcode" required /></label> <label>city<input name="city" required /></label>
  <label>country<input name="country" value="US" required pattern="[A-Z]{2}" /></label>`;
const emailField = html`<label>e-mail<input name="email" type="email" required /></label>`;
const passwordField = html`<label
  >password<input name="password" type="password" required minlength="8"
/></label>`;

export function signUpForm(): Html {
  return layout(
    "Open an account",
    html`<form method="post" action="/sign-up">
      ${emailField}<label>name<input name="name" required /></label>${passwordField}${addressFields}
      <button>Open my account</button>
    </form>`,
  );
}

export function loginForm(): Html {
  return layout(
    "Log in",
    html`<form method="post" action="/login">${emailField}${passwordField}<button>Log in</button></form>
      <p>New here? <a href="/sign-up">Open an account</a>.</p>`,
  );
}

export function accountPage(visitor: Visitor, orders: readonly OrderView[]): Html {
  const rows = orders.map(
    (order) =>
      html`<tr>
        <td><a href="/orders/${order.number}">${order.number}</a></td>
        <td>${order.placedAt.toISOString().slice(0, 16).replace("T", " ")}</td>
        <td>${order.status}</td>
        <td>$${dollars(order.totalCents)}</td>
      </tr>`,
  );
  return layout(
    visitor.name,
    html`<h2>Orders</h2>
      <table>
        ${rows}
      </table>
      <h2>New address</h2>
      <form method="post" action="/account/address">${addressFields}<button>Save</button></form>
      <h2>Leave</h2>
      <form method="post" action="/logout"><button>Log out</button></form>
      <form method="post" action="/account/close">${passwordField}<button>Close my account</button></form>`,
  );
}

export function orderPage(order: OrderView): Html {
  const lines = order.lines.map(
    ({ design, size, quantity, unitCents }) =>
      html`<tr>
        <td>${design}</td>
        <td>${size}</td>
        <td>${quantity}</td>
        <td>$${dollars(unitCents * quantity)}</td>
      </tr>`,
  );
  return layout(
    `Order ${order.number}`,
    html`<p>Status: ${order.status}</p>
      <table>
        ${lines}
      </table>
      <p>Total: $${dollars(order.totalCents)}</p>
      <form method="post" action="/orders/${order.number}/cancel"><button>Cancel this order</button></form>`,
  );
}
