import { collars, cuffs, fabricKeys, fabrics, sizes, unitCents } from "../catalogue";
import type { Design } from "../designs";
import { imageNames } from "../images";
import { dollars } from "../mail/messages";
import { html, type Html } from "./html";
import { layout } from "./layout";

/** The URL of a picture by its plain name, such as `fabric-oxford-blue`. */
export type ImageUrl = (plainName: string) => string;

/** Pictures have immutable names, with a digest of their content; this finds them by their plain ones. */
export function imageUrls(baseUrl: () => string): ImageUrl {
  return (plainName) => {
    const file = imageNames().get(plainName);
    if (file === undefined) throw new Error(`there is no picture ${plainName}`);
    return `${baseUrl()}/${file}`;
  };
}

export function gallery(image: ImageUrl, newest: readonly Design[]): Html {
  const cloth = fabricKeys.map(
    (key) =>
      html`<div class="card">
        <img
          src="${image(`fabric-${key}`)}"
          alt="${fabrics[key].name}"
          width="160"
          height="160"
          loading="lazy"
        />
        <p>${fabrics[key].name}<br />from $${dollars(fabrics[key].cents)}</p>
      </div>`,
  );
  return layout(
    "Design your own shirt",
    html`<p><img src="${image("hero")}" alt="Three shirts on a line" width="640" height="200" /></p>
      <h2>Just designed</h2>
      <div class="grid">${newest.map((design) => designCard(image, design))}</div>
      <h2>Our cloth</h2>
      <div class="grid">${cloth}</div>`,
  );
}

export function designPage(image: ImageUrl, design: Design): Html {
  return layout(
    design.name,
    html`<div class="grid">
        ${designCard(image, design)}
        <div class="card">
          <img
            src="${image(`collar-${design.collar}`)}"
            alt="${design.collar} collar"
            width="160"
            height="160"
          />
          <p>${design.collar} collar</p>
        </div>
        <div class="card">
          <img src="${image(`cuff-${design.cuff}`)}" alt="${design.cuff} cuff" width="160" height="160" />
          <p>${design.cuff} cuff</p>
        </div>
      </div>
      <p>
        $${dollars(unitCents(design.fabric, design.cuff))}
        <a href="/design?from=${design.id}">Start from this design</a>
      </p>
      ${checkoutForm(design)}`,
  );
}

/** The designer; starts from a design of the gallery where one is given. */
export function designForm(from: Design | undefined): Html {
  const choice = (name: string, options: readonly string[], chosen: string | undefined): Html =>
    html`<label
      >${name}<select name="${name}">
        ${options.map((option) =>
          option === chosen ? html`<option selected>${option}</option>` : html`<option>${option}</option>`,
        )}
      </select></label
    >`;
  return layout(
    "Design a shirt",
    html`<form method="post" action="/designs">
      <label>name<input name="name" required maxlength="100" /></label>
      ${choice("fabric", fabricKeys, from?.fabric)} ${choice("collar", collars, from?.collar)}
      ${choice("cuff", cuffs, from?.cuff)}
      ${from === undefined ? "" : html`<input type="hidden" name="basedOn" value="${from.id}" />`}
      <button>Save this design</button>
    </form>`,
  );
}

function designCard(image: ImageUrl, design: Design): Html {
  return html`<div class="card">
    <a href="/designs/${design.id}"
      ><img
        src="${image(`shirt-${design.fabric}`)}"
        alt="${design.name}"
        width="160"
        height="160"
        loading="lazy"
    /></a>
    <p>${design.name}<br />${fabrics[design.fabric].name}, ${design.collar}, ${design.cuff}</p>
  </div>`;
}

function checkoutForm(design: Design): Html {
  return html`<form method="post" action="/checkout">
    <input type="hidden" name="designId" value="${design.id}" />
    <input type="hidden" name="idempotencyKey" value="${crypto.randomUUID()}" />
    <input type="hidden" name="card" value="test-card" />
    <label
      >size<select name="size">
        ${sizes.map((size) => html`<option>${size}</option>`)}
      </select></label
    >
    <label>quantity<input name="quantity" type="number" value="1" min="1" max="20" /></label>
    <button>Order it</button>
  </form>`;
}
