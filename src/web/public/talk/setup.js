import { byId, element } from '../parts/element.js';

const rememberedKey = 'parley.setup';

/**
 * @typedef {object} AgentChoice
 * @property {string} name
 * @property {string} description
 * @property {Record<string, string | null>} variables Each with its default; null must be given.
 * @property {string | null} pipeline What it runs on when none is named; null: nothing is set up for it.
 * @property {string[]} pipelines Presets it can run on.
 * @property {boolean} scripted Whether its own pipeline answers from its script.
 *
 * @typedef {object} PipelineChoice
 * @property {string} name
 * @property {string} title
 * @property {string | null} reason Why it cannot be used, and what to do.
 * @property {boolean} scripted
 *
 * @typedef {{ agents: AgentChoice[], pipelines: PipelineChoice[] }} Choices
 *
 * @typedef {object} CallRequest
 * @property {string} agent
 * @property {string} [pipeline] Absent: the agent's own.
 * @property {Record<string, string>} variables
 *
 * @typedef {{ request: CallRequest, scripted: boolean }} Picked
 */

/**
 * The form that picks agent, pipeline and variables.
 *
 * @param {{ onStart: (picked: Picked) => void }} options
 */
export function createSetup({ onStart }) {
  const form = /** @type {HTMLFormElement} */ (byId('setup'));
  const agentSelect = /** @type {HTMLSelectElement} */ (byId('agent'));
  const pipelineSelect = /** @type {HTMLSelectElement} */ (byId('pipeline'));
  const startButton = /** @type {HTMLButtonElement} */ (byId('start'));
  /** @type {Choices} */
  let choices = { agents: [], pipelines: [] };

  const chosenAgent = () => choices.agents.find(({ name }) => name === agentSelect.value);
  const chosenPipeline = () => choices.pipelines.find(({ name }) => name === pipelineSelect.value);

  function showAgent() {
    const agent = chosenAgent();
    const wanted = pipelineSelect.value;
    byId('agent-description').textContent = agent?.description ?? '';
    byId('variables').replaceChildren(...(agent ? variableFields(agent.variables) : []));
    pipelineSelect.replaceChildren(...(agent ? pipelineOptions(agent, choices.pipelines) : []));
    const options = [...pipelineSelect.options];
    const option =
      options.find(({ value, disabled }) => value === wanted && !disabled) ?? options.find((each) => !each.disabled);
    pipelineSelect.value = option?.value ?? '';
    startButton.disabled = option === undefined;
    showPipeline();
  }

  function showPipeline() {
    const agent = chosenAgent();
    const used = chosenPipeline() ?? choices.pipelines.find(({ name }) => name === agent?.pipeline);
    const refused = agent ? choices.pipelines.filter(({ name }) => !agent.pipelines.includes(name)) : [];
    byId('pipeline-description').replaceChildren(
      ...(used ? [element('p', {}, used.title)] : []),
      ...(refused.length === 0
        ? []
        : [
            element(
              'details',
              {},
              element('summary', {}, `Why not ${refused.map(({ name }) => name).join(' or ')}?`),
              element('ul', {}, ...refused.map((pipeline) => element('li', {}, whyNot(pipeline)))),
            ),
          ]),
    );
  }

  agentSelect.addEventListener('change', showAgent);
  pipelineSelect.addEventListener('change', showPipeline);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const agent = chosenAgent();
    if (!agent || !isFilled(form)) return;
    const pipeline = chosenPipeline();
    sessionStorage.setItem(rememberedKey, JSON.stringify({ agent: agent.name, pipeline: pipeline?.name ?? '' }));
    onStart({
      request: {
        agent: agent.name,
        ...(pipeline && { pipeline: pipeline.name }),
        variables: givenVariables(form),
      },
      scripted: (pipeline ?? agent).scripted,
    });
  });

  return {
    /** @param {Choices} given */
    fill(given) {
      choices = given;
      const last = remembered();
      agentSelect.replaceChildren(...choices.agents.map(({ name }) => element('option', { value: name }, name)));
      if (choices.agents.some(({ name }) => name === last?.agent)) agentSelect.value = last?.agent ?? '';
      showAgent();
      const options = [...pipelineSelect.options];
      if (last && options.some(({ value, disabled }) => value === last.pipeline && !disabled)) {
        pipelineSelect.value = last.pipeline;
        showPipeline();
      }
    },
    /** @param {string | null} name Of an agent that the address asks for. */
    pick(name) {
      if (!choices.agents.some((agent) => agent.name === name)) return;
      agentSelect.value = name ?? '';
      showAgent();
    },
    /** @param {boolean} busy While the call is being placed. */
    busy(busy) {
      /** @type {HTMLFieldSetElement} */ (byId('setup-fields')).disabled = busy;
    },
  };
}

/**
 * @param {AgentChoice} agent
 * @param {PipelineChoice[]} pipelines
 */
function pipelineOptions(agent, pipelines) {
  return [
    element(
      'option',
      { value: '', disabled: agent.pipeline === null },
      agent.pipeline === null ? 'auto (nothing is set up)' : `auto (${agent.pipeline})`,
    ),
    ...pipelines.map(({ name, reason }) => {
      const usable = agent.pipelines.includes(name);
      const label = usable ? name : `${name} (${reason === null ? 'not for this agent' : 'not set up'})`;
      return element('option', { value: name, disabled: !usable }, label);
    }),
  ];
}

/** @param {PipelineChoice} pipeline */
function whyNot({ name, reason, scripted }) {
  if (reason !== null) return reason.includes(name) ? reason : `${name}: ${reason}`;
  return scripted
    ? `${name}: it answers from a script, and this agent has none.`
    : `${name}: this agent cannot run on it.`;
}

/** @param {Record<string, string | null>} variables */
function variableFields(variables) {
  const entries = Object.entries(variables);
  const required = entries.filter(([, preset]) => preset === null).map(([name]) => variableField(name, null));
  const optional = entries.filter(([, preset]) => preset !== null);
  if (optional.length === 0) return required;
  return [
    ...required,
    element(
      'details.more',
      {},
      element('summary', {}, 'More variables'),
      ...optional.map(([name, preset]) => variableField(name, preset)),
    ),
  ];
}

/**
 * @param {string} name
 * @param {string | null} preset
 */
function variableField(name, preset) {
  const id = `variable-${name}`;
  const label = name.replaceAll('_', ' ');
  return element(
    'div.field',
    {},
    element('label', { for: id }, label.charAt(0).toUpperCase() + label.slice(1)),
    element('input', { id, name, autocomplete: 'off', required: preset === null, placeholder: preset ?? '' }),
    element('p.problem', { id: `${id}-problem`, hidden: true }, 'The agent needs this.'),
  );
}

/**
 * Marks what is missing and moves the focus there.
 *
 * @param {HTMLFormElement} form
 */
function isFilled(form) {
  /** @type {HTMLInputElement[]} */
  const inputs = [...form.querySelectorAll('input')];
  const missing = inputs.filter((input) => input.required && input.value.trim() === '');
  for (const input of inputs) {
    const isMissing = missing.includes(input);
    byId(`${input.id}-problem`).hidden = !isMissing;
    input.setAttribute('aria-invalid', String(isMissing));
    if (isMissing) input.setAttribute('aria-describedby', `${input.id}-problem`);
    else input.removeAttribute('aria-describedby');
  }
  missing[0]?.focus();
  return missing.length === 0;
}

/** @param {HTMLFormElement} form */
function givenVariables(form) {
  const inputs = [...form.querySelectorAll('input')];
  return Object.fromEntries(
    inputs.filter(({ value }) => value.trim() !== '').map(({ name, value }) => [name, value.trim()]),
  );
}

/** @returns {{ agent: string, pipeline: string } | null} What was picked for the call before. */
function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(rememberedKey) ?? 'null');
  } catch {
    return null;
  }
}
