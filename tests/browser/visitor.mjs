// Somebody at a browser of their own.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { OUTPUT } from './stack.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export class Visitor {
  #errors = [];

  static async arrive({ browser, pagesUrl }) {
    const visitor = new Visitor();
    visitor.url = pagesUrl;
    const context = await browser.newContext({ locale: 'en', viewport: { width: 1100, height: 800 } });
    visitor.page = await context.newPage();
    visitor.page.setDefaultTimeout(10_000);
    visitor.page.on('pageerror', (error) => visitor.#errors.push(error.stack));
    visitor.page.on('console', (message) => {
      if (message.type() === 'error') visitor.#errors.push(shortened(message));
    });
    return visitor;
  }

  /** What the console has said since the last call: `401 /api/auth/sign-in/email`. */
  errors() {
    return this.#errors.splice(0);
  }

  async open(path) {
    await this.page.goto(path.startsWith('http') ? path : this.url + path);
  }

  /** Fills in the card's fields, by label, and presses its button. */
  async send(button, values = {}) {
    const form = this.page.locator('form').filter({ has: this.page.getByRole('button', { name: button, exact: true }) });
    for (const [label, value] of Object.entries(values)) await form.getByLabel(label, { exact: true }).fill(value);
    await form.getByRole('button', { name: button, exact: true }).click();
  }

  /** Follows a link; the head has some that a page has too. */
  async follow(link) {
    await this.page.getByRole('link', { name: link, exact: true }).first().click();
  }

  async press(button) {
    await this.page.getByRole('button', { name: button, exact: true }).click();
  }

  /** Keeps calls to a path waiting until the function that this gives is called. */
  async holdUp(path) {
    const held = [];
    await this.page.route(`**${path}`, (route) => held.push(route));
    return async () => {
      await Promise.all(held.map((route) => route.continue()));
      await this.page.unroute(`**${path}`);
    };
  }

  /** Waits for a page, by its heading. */
  async sees(heading) {
    await this.page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  }

  async reads(text) {
    await this.page.getByText(text).first().waitFor();
  }

  /** Waits until a field, by its label, has the focus and is described by a text. */
  async isToldAt(label, text) {
    const field = this.page.locator('input:focus[aria-invalid=true]');
    await field.waitFor();
    const { name, description } = await field.evaluate((input) => ({
      name: input.labels[0].textContent,
      description: input.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id).textContent),
    }));
    assert.equal(name, label);
    assert.ok(description.some((line) => text.test(line)), `${description} should be like ${text}`);
  }

  /** Waits until an alert has the focus and says a text. */
  async isAlerted(text) {
    await this.page.locator('[role=alert]:focus').filter({ hasText: text }).waitFor();
  }

  async picture(name) {
    await this.page.screenshot({ path: `${OUTPUT}/${name}.png`, fullPage: true });
  }

  /** Leaves pictures of the page, light, dark and narrow, and holds it to axe's rules and to its width. */
  async inspect(name) {
    for (const colorScheme of ['light', 'dark']) {
      await this.page.emulateMedia({ colorScheme });
      await this.picture(`${name}-${colorScheme}`);
      // Not by a script tag: the page's own policy would have a say in it.
      await this.page.evaluate(AXE);
      const { violations } = await this.page.evaluate(() => globalThis.axe.run());
      const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      const findings = grave.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(', ')}`);
      assert.deepEqual(findings, [], `${name}, ${colorScheme}`);
    }
    await this.page.emulateMedia({ colorScheme: 'light' });

    const size = this.page.viewportSize();
    await this.page.setViewportSize({ width: 320, height: 640 });
    await this.picture(`${name}-narrow`);
    const width = await this.page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 320, `${name} is ${width} pixels wide on a screen of 320`);
    await this.page.setViewportSize(size);
  }
}

/** Chromium's own lines about failed requests, as status or error and path. */
function shortened(message) {
  const failed = /^Failed to load resource: (?:the server responded with a status of (\d+)|net::(\w+))/.exec(message.text());
  return failed ? `${failed[1] ?? failed[2]} ${new URL(message.location().url).pathname}` : message.text();
}
