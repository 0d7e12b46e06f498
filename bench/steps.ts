import { Drive } from './drive';
import { measure } from './measure';
import type { Posts } from './posts';
import { logSteps } from './steps/log';
import { type StepFigure, type StepSubject } from './steps/step';
import { storeSteps } from './steps/stores';
import { textSteps } from './steps/text';
import { windowSteps } from './steps/windows';
import { FIGURE_HEAD, faster, figureCells, printTable, whole } from './table';

/** Measures each step alone, on one kind of posts. */
export async function benchSteps(posts: Posts): Promise<StepFigure[]> {
  const drive = new Drive();
  try {
    const bench = { posts, drive };
    const subjects = [...textSteps(bench), ...windowSteps(bench), ...(await logSteps(bench)), ...storeSteps(bench)];
    const figures: StepFigure[] = [];
    for (const subject of subjects) figures.push(await measureStep(subject));
    printSteps(posts, figures);
    return figures;
  } finally {
    drive.dispose();
  }
}

async function measureStep(subject: StepSubject): Promise<StepFigure> {
  const [own, peer] = await measure(subject.peer === undefined ? [subject] : [subject, subject.peer]);
  if (own === undefined) throw new Error(`${subject.name} was not measured`);
  return { ...own, form: subject.form, peer };
}

function printSteps(posts: Posts, figures: readonly StepFigure[]): void {
  const rows = figures.map((figure) => [
    figure.name,
    figure.form === 'batch' ? '500' : '1',
    ...figureCells(figure),
    figure.peer === undefined ? '' : `${faster(figure, figure.peer)} ${figure.peer.name} (${whole(figure.peer.rate)})`,
  ]);
  printTable(`Each step alone, ${posts.name}`, ['step', 'at once', ...FIGURE_HEAD, 'against its peer'], rows);
}
