/*
 * Who has a call: two processes that may run its session, the sweeper, a database that can be away, a livekit-server that can put
 * anybody out. A stall is a step that is not taken for a while, so every interleaving of the steps below is one.
 *
 * Time is a clock that ticks. A tick renews the leases of all that can reach the database, and brings all others nearer to
 * their end; a process counts the same ticks on its monotonic clock.
 *
 * What must hold is asserted where it could break:
 *   one_acts      whoever speaks, dials, writes or deletes is the only one
 *   put_out       nobody is put out of a call that is not over
 *   one_end       a call ends exactly once
 *   one_dial      a number is dialled once at most
 *   spared        no process that lives and reaches the database is judged, an outage or not
 *   written_once  what a session has to tell is written, once
 *   left_alone    nobody stays in the room of a call that has ended
 *
 * Each of these switches plants one fault: DELETE_FIRST, ROOM_FIRST_UNCHECKED, REMOVED_IS_HANGUP, NO_EPOCH, JUDGE_AT_ONCE,
 * STALE_LOOK, EVICT_ANYBODY, DIAL_AGAIN, DIAL_UNCHECKED, NEW_ID, DELETE_ONCE.
 */
#define LEASE 1                     /* ticks */
#define EVENTS 2                    /* that happen to the call, at most */
#define LONGEST 6                   /* epochs there can be */

mtype = { dispatching, dialing, talking };
mtype = { awaited, there, gone };

/* One row of `calls`. */
bool dbUp = true;
byte owner, epoch;                  /* 0: free, never taken */
byte ticksLeft;                     /* of the lease, by the clock of the database; 0: lapsed */
bool ended;
mtype state = dispatching;
bool renewed = true;                /* since the sweeper looked: `lease_until` is another */
byte entries[LONGEST];              /* what each session told, times written */

/* The room. */
bool room = true;
mtype person = awaited;
byte agent[3];                      /* by process: whether its agent is there, and since which epoch; 0: it is not */
bool speaks[3];

/* The processes. */
byte held[3];                       /* epoch of the lease that it believes to have; 0: none */
byte sinceRenewal[3];               /* ticks, by its own clock */
bool wanted[3];                     /* a session was asked for and is on its way to it */
bool cut[3], everCut[3];            /* does not reach the database, or does not run */
bool answerLost;                    /* the next entry is written, and its answer is lost */

byte grace;                         /* ticks until the sweeper judges anybody */
bool over;                          /* the conversation is over: somebody said goodbye */
byte ends, dials;
bool decided;                       /* whoever had the call ended it, and had a reason to */

#define other(p)     (3 - (p))
#define isFree       (owner == 0 || ticksLeft == 0)
#ifdef NO_EPOCH
#define isMine       (!ended)
#define grantEpoch   epoch = (epoch == 0 -> 1 : epoch)
#else
#define isMine       (!ended && epoch == mine)
#define grantEpoch   epoch++
#endif
#define hasReason    (over || person != there)
#define surelyMine   (held[me] == mine && sinceRenewal[me] < LEASE)

inline writeEnd(legitimate) { ended = true; ends++; decided = legitimate; assert(ends == 1 /* one_end */) }

inline deleteRoom() {
  atomic {
    assert(!(person == there && !decided) /* put_out */);
    room = false; agent[1] = 0; agent[2] = 0; speaks[1] = false; speaks[2] = false;
    if :: person == there -> person = gone :: else fi
  }
}

/* Also after a lapse that nobody used. */
inline renew() { owner = me; ticksLeft = LEASE; renewed = true; sinceRenewal[me] = 0 }

inline invite() { atomic { dials++; assert(dials == 1 /* one_dial */); room = true; person = there } }

inline leave() { atomic { if :: agent[me] == mine -> agent[me] = 0; speaks[me] = false :: else fi } }

/* The outbox: one entry stands for all; it is tried until the answer arrives. */
inline flush() {
  do
  :: told -> break
  :: atomic { !told && dbUp ->
#ifdef NEW_ID
       entries[mine]++;
#else
       entries[mine] = 1;
#endif
       assert(entries[mine] == 1 /* written_once */);
       if :: answerLost -> answerLost = false :: else -> told = true fi }
  od
}

proctype Process(byte me) {
  byte mine, found;
  bool told = true;
idle:
  if
  :: atomic { wanted[me] && !ended -> wanted[me] = false }
  :: ended -> goto done
  fi;
  if
  :: atomic { dbUp && !ended && isFree ->
       grantEpoch; mine = epoch; owner = me; ticksLeft = LEASE; renewed = true;
       held[me] = mine; sinceRenewal[me] = 0; told = false }
  :: dbUp && (ended || !isFree) -> goto idle
  fi;

  atomic { room = true; agent[me] = mine };                                   /* joins */
  found = agent[other(me)];                                                   /* looks who had the call before */
  if
  :: found == 0 -> skip
#ifdef EVICT_ANYBODY
  :: found != 0 -> skip
#else
  :: atomic { found != 0 && dbUp && isMine -> renew() }                       /* so nobody whom it found can have it now */
  :: atomic { found != 0 && dbUp && !isMine -> found = 0; goto lost }         /* it is one of those itself */
#endif
  fi;
  atomic {
    if
    :: found != 0 && agent[other(me)] == found ->
       assert(found <= mine /* one_acts */);
       agent[other(me)] = 0; speaks[other(me)] = false
    :: else
    fi;
    found = 0
  };

  if
  :: atomic { dbUp && isMine && state == dispatching -> state = dialing };
#ifdef DIAL_AGAIN
redial:
#endif
     if
#ifdef DIAL_UNCHECKED
     :: invite()
#else
     :: atomic { surelyMine -> invite() }
     :: atomic { !surelyMine && dbUp && isMine -> renew(); invite() }
     :: !surelyMine && dbUp && !isMine -> goto lost
#endif
     fi
  :: dbUp && isMine && state != dispatching -> skip
#ifdef DIAL_AGAIN
  :: dbUp && isMine && state == dialing && person != there -> goto redial
#endif
  :: dbUp && !isMine -> goto lost
  fi;

  atomic {
    if :: agent[me] == mine && person == there ->
      speaks[me] = true; assert(!(speaks[1] && speaks[2]) /* one_acts */)
    :: else fi
  };

  do
  :: held[me] != mine -> goto lost                                            /* a renewal was refused */
  :: agent[me] != mine -> break                                               /* put out, the room gone, the job ended: by whom? */
  :: hasReason -> goto conclude
  od;

#ifdef REMOVED_IS_HANGUP
  goto conclude;
#endif
  if
  :: person != there -> goto conclude
  :: person == there
  fi;
  if
  :: atomic { dbUp && isMine -> owner = 0; ticksLeft = 0; held[me] = 0; sinceRenewal[me] = 0;
             /* gives it up: a new session comes */
       if :: wanted[1] = true :: wanted[2] = true fi }
  :: dbUp && !isMine -> skip
  fi;

lost:                                                                         /* touches neither room nor phone */
  leave();
  flush();
  atomic { mine = 0; goto idle };

conclude:
#ifdef DELETE_FIRST
  atomic { if :: epoch == mine && owner == me -> decided = hasReason :: else fi };
  deleteRoom();
#endif
  do
  :: !dbUp ->                                                                 /* the database does not answer: only with a lease that is sure */
#ifdef ROOM_FIRST_UNCHECKED
     skip;
#endif
     atomic {
       if
#ifndef ROOM_FIRST_UNCHECKED
       :: !surelyMine -> skip
#endif
       :: else -> if :: epoch == mine -> decided = hasReason :: else fi; deleteRoom()
       fi };
     dbUp
  :: dbUp -> break
  od;
  flush();
  if
  :: atomic { dbUp && isMine -> writeEnd(hasReason && (epoch == mine && owner == me)) }
  :: dbUp && !isMine -> goto lost
  fi;
  leave();
  if
  :: deleteRoom()
  :: skip                                                                     /* the process dies, or livekit-server does not answer */
  fi;

done:
  atomic { held[me] = 0; sinceRenewal[me] = 0; mine = 0 }
}

proctype Sweeper() {
  byte seen;
  do
  :: atomic { dbUp && !ended && isFree && grace == 0 && !wanted[1] && !wanted[2] ->
       assert(owner == 0 || held[owner] != epoch || everCut[owner] /* spared */);
       seen = epoch; renewed = false };
     if
     :: atomic { person == there || state == dispatching ->
          seen = 0; renewed = true;
          if :: wanted[1] = true :: wanted[2] = true fi }                       /* asks for a new session, with what was said so far */
     :: person != there && state != dispatching ->
        if
#ifdef STALE_LOOK
        :: atomic { dbUp && !ended && epoch == seen && ticksLeft == 0 -> seen = 0; renewed = true; writeEnd(hasReason) }; deleteRoom()
        :: atomic { dbUp && (ended || epoch != seen || ticksLeft > 0) -> seen = 0; renewed = true }
#else
        :: atomic { dbUp && !ended && epoch == seen && !renewed && ticksLeft == 0 -> seen = 0; renewed = true; writeEnd(hasReason) }; deleteRoom()
        :: atomic { dbUp && (ended || epoch != seen || renewed || ticksLeft > 0) -> seen = 0; renewed = true }
#endif
        fi
     fi
#ifndef DELETE_ONCE
  :: dbUp && ended && room -> deleteRoom()                                    /* until it is gone */
#endif
  :: dbUp && ended && !room -> break
#ifdef DELETE_ONCE
  :: dbUp && ended && room -> break
#endif
  od
}

/* Renews what can be renewed. It ticks only where that changes anything. */
inline renewOrAge(p) {
  if
  :: held[p] != 0 && dbUp && !cut[p] ->
     if
     :: held[p] == epoch && !ended -> ticksLeft = LEASE; renewed = true; sinceRenewal[p] = 0
     :: else -> held[p] = 0; sinceRenewal[p] = 0
     fi
  :: held[p] != 0 && (!dbUp || cut[p]) && sinceRenewal[p] < LEASE -> sinceRenewal[p]++
  :: else
  fi
}
#define canRenew(p)  (held[p] != 0 && dbUp && !cut[p])
#define isStale(p)   (canRenew(p) && (ended || held[p] != epoch || ticksLeft < LEASE))

proctype Clock() {
end:
  do
  :: atomic { ticksLeft > 0 && !(canRenew(owner)) && !ended || grace > 0 || isStale(1) || isStale(2) ->
       if :: ticksLeft > 0 -> ticksLeft-- :: else fi;
       renewOrAge(1); renewOrAge(2);
       if :: grace > 0 && dbUp -> grace-- :: else fi }
  od
}

inline toProcess(p) {
  if
  :: atomic { cut[p] = true; everCut[p] = true }; cut[p] = false              /* stalled, or alone without the database */
  :: atomic { agent[p] != 0 -> agent[p] = 0; speaks[p] = false }              /* livekit-server ends the job, or forgets the agent */
  fi
}

proctype World() {
  byte events;
  do
  :: events == EVENTS -> break
  :: events < EVENTS -> events++;
     if
     :: atomic { dbUp = false };
#ifdef JUDGE_AT_ONCE
        atomic { dbUp = true }
#else
        atomic { dbUp = true; grace = LEASE }
#endif
     :: toProcess(1)
     :: toProcess(2)
     :: atomic { person == there || (person == awaited && dials == 1) -> person = gone }
     :: answerLost = true
     :: over = true
     fi
  od;
  over = true                                                                 /* sooner or later somebody says goodbye */
}

init {
  atomic {
    if
    :: wanted[2] = true                                                       /* a phone to be dialled, offered twice by livekit-server */
    :: state = talking; person = there                                        /* a browser, or a phone that calls in */
    fi;
    wanted[1] = true;
    run Process(1); run Process(2); run Sweeper(); run Clock(); run World()
  };
  timeout ->                                                                  /* all is calm */
  assert(ends == 1 /* one_end */);
  assert(!(room && person == there) /* left_alone */);
  byte e = 1;
  do
  :: e > epoch -> break
  :: e <= epoch -> assert(entries[e] == 1 /* written_once */); e++
  od
}
