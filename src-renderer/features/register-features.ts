import { register as registerApprovals } from './approvals/register.ts';
import { register as registerBundles } from './bundles/register.ts';
import { register as registerCodeView } from './code-view/register.ts';
import { register as registerContext } from './context/register.ts';
import { register as registerDeadLetters } from './dead-letters/register.ts';
import { register as registerEditor } from './editor/register.ts';
import { register as registerExplorer } from './explorer/register.ts';
import { register as registerFileView } from './file-view/register.ts';
import { register as registerFindReplace } from './find-replace/register.ts';
import { register as registerFlame } from './flame/register.ts';
import { register as registerHistory } from './history/register.ts';
import { register as registerHooks } from './hooks/register.ts';
import { register as registerInspector } from './inspector/register.ts';
import { register as registerLanes } from './lanes/register.ts';
import { register as registerPins } from './pins/register.ts';
import { register as registerPlan } from './plan/register.ts';
import { register as registerProblems } from './problems/register.ts';
import { register as registerReplay } from './replay/register.ts';
import { register as registerRunControl } from './run-control/register.ts';
import { register as registerRunStart } from './run-start/register.ts';
import { register as registerRunView } from './run-view/register.ts';
import { register as registerRuns } from './runs/register.ts';
import { register as registerSettings } from './settings/register.ts';
import { register as registerWelcome } from './welcome/register.ts';

/** Every feature of the window puts its panels and commands in place. A new feature is a line here. */
export function registerFeatures(): void {
  for (const register of [
    registerExplorer,
    registerRuns,
    registerRunView,
    registerRunControl,
    registerContext,
    registerFlame,
    registerReplay,
    registerRunStart,
    registerPins,
    registerApprovals,
    registerLanes,
    registerDeadLetters,
    registerFileView,
    registerSettings,
    registerWelcome,
    registerEditor,
    registerCodeView,
    registerFindReplace,
    registerInspector,
    registerHooks,
    registerProblems,
    registerPlan,
    registerBundles,
    registerHistory,
  ]) {
    register();
  }
}
