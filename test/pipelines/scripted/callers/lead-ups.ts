const booking = [
  'I would like to book an appointment',
  'my name is Sarah Miller',
  'Tuesday',
  'ten in the morning',
  '415 555 0123',
];
const message = ['can I leave a message', 'my name is Tom Baker', '415 555 0123', 'the bill is wrong'];
const otherTime = ['no I can not come', 'Tuesday', 'ten in the morning'];

/** What was said before, per situation of an agent. */
export const leadUps: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  receptionist: {
    start: [],
    transfer: [],
    answered: ['how much is whitening'],
    offered: ['do you sell used cars here'],
    'booking:name': booking.slice(0, 1),
    'booking:day': booking.slice(0, 2),
    'booking:time': booking.slice(0, 3),
    'booking:number': booking.slice(0, 4),
    'booking:confirm': booking,
    'booking:done': [...booking, 'yes'],
    'message:name': message.slice(0, 1),
    'message:number': message.slice(0, 2),
    'message:text': message.slice(0, 3),
    'message:confirm': message,
    'change:name': ['I need to cancel my appointment'],
    'change:message': ['I need to cancel my appointment', 'Sarah Miller'],
  },
  reminder: {
    start: [],
    'other:day': otherTime.slice(0, 1),
    'other:time': otherTime.slice(0, 2),
    'other:confirm': otherTime,
  },
  survey: {
    start: [],
    'survey:rating': ['yes'],
    'survey:waiting': ['yes', 'four'],
    'survey:recommend': ['yes', 'four', 'short'],
    'survey:comment': ['yes', 'four', 'short', 'yes'],
    'later:again': ['I am busy right now'],
  },
};
