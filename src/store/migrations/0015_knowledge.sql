CREATE TABLE "parley"."knowledge_papers" (
	"id" text PRIMARY KEY NOT NULL,
	"passages" integer NOT NULL,
	"loaded_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"named_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "parley"."knowledge_papers" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."knowledge_passages" (
	"paper_id" text NOT NULL,
	"position" integer NOT NULL,
	"heading" text NOT NULL,
	"text" text NOT NULL,
	"search" "tsvector" NOT NULL,
	CONSTRAINT "knowledge_passages_paper_id_position_pk" PRIMARY KEY("paper_id","position")
);
--> statement-breakpoint
ALTER TABLE "parley"."knowledge_passages" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE TABLE "parley"."knowledge_words" (
	"paper_id" text NOT NULL,
	"word" text NOT NULL,
	"passages" integer NOT NULL,
	CONSTRAINT "knowledge_words_word_paper_id_pk" PRIMARY KEY("word","paper_id")
);
--> statement-breakpoint
ALTER TABLE "parley"."knowledge_words" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "parley"."call_turns" ADD COLUMN "agent" text;--> statement-breakpoint
ALTER TABLE "parley"."knowledge_passages" ADD CONSTRAINT "knowledge_passages_paper_id_knowledge_papers_id_fk" FOREIGN KEY ("paper_id") REFERENCES "parley"."knowledge_papers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."knowledge_words" ADD CONSTRAINT "knowledge_words_paper_id_knowledge_papers_id_fk" FOREIGN KEY ("paper_id") REFERENCES "parley"."knowledge_papers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "knowledge_passages_search" ON "parley"."knowledge_passages" USING gin ("search");