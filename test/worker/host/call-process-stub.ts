/** A call process without calls: says that it is ready and answers pings. */
process.on('message', (message: { type: string }) => {
  if (message.type === 'configure') process.send?.({ type: 'ready' });
  if (message.type === 'ping') process.send?.({ type: 'pong', vitals: undefined });
  if (message.type === 'close') process.exit(0);
});
