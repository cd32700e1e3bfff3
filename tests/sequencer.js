const { default: Sequencer } = require("@jest/test-sequencer");

/** Tests that play with the whole engine take longest: begun first, they leave no core idle at the end. */
const longest = [
  "rehearsal/engine/stack",
  "operations/data/campaign",
  "operations/data/crashes",
  "operations/cutover",
  "rehearsal/matrix",
  "rehearsal/day",
  "rehearsal/processes",
  "stacks",
];

const rank = ({ path }) => {
  const index = longest.findIndex((folder) => path.includes(`/tests/${folder}`));
  return index === -1 ? longest.length : index;
};

module.exports = class extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => rank(one) - rank(other));
  }
};
