/** Words of grammar and dates: they tell little, but "how much" and "how long" differ by them. */
export const weakWords =
  words(`a an the i you he she it we they me my your his her our their this that these those is am are was were
  be been do does did have has had can could would should will shall may might must of to in on at for from with by and or
  but if so as not no there here what which who whom when where why how any some all please just also too us guys guy tell
  know like want need get got going go next week month year monday tuesday wednesday thursday friday saturday sunday
  tomorrow tonight morning afternoon evening january february march april june july august september october november
  december`);
/** Words that carry nothing at all, unless an example has them. */
export const emptyWords =
  words(`uh um er hmm hm ah oh well hi hello hey yes yeah okay ok please thanks thank sorry actually really
  maybe wondering wonder hoping hope quick question quickly kindly basically right now then today great perfect good fine
  sure alright lovely cool excellent wonderful moment possible soon`);
/** Words that are said about anything: unless an example has them, they are not what an utterance is about. */
export const commonWords =
  words(`give set put push bring make made come came see look find think say said try help let show use keep hold
  turn seem feel leave call ask remind mean happen start stop work run play believe back up down out over off again still
  ever never always already only very much more most other another same new old big small little long short next last first
  able around about into through after before while because until since without thing things something anything nothing
  someone anyone somebody anybody everybody people person guy man woman way lot bit kind sort place part day time able bad
  nice wait check rather instead else own around whole sometime anyway myself yourself exactly especially please`);
/** What callers swear with: no name, and nothing that a wish is about. */
export const curses = words(`fuck fucks fucking fucked shit shitty bullshit damn damned dammit goddamn hell crap bloody
  bastard asshole ass arse bitch freaking frigging stupid idiot idiots suck sucks ridiculous wtf omg`);

function words(list: string): readonly string[] {
  return list.trim().split(/\s+/);
}
