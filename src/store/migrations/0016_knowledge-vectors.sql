CREATE TABLE "parley"."knowledge_vectors" (
	"paper_id" text NOT NULL,
	"position" integer NOT NULL,
	"model" text NOT NULL,
	"embedding" real[] NOT NULL,
	CONSTRAINT "knowledge_vectors_paper_id_model_position_pk" PRIMARY KEY("paper_id","model","position")
);
--> statement-breakpoint
ALTER TABLE "parley"."knowledge_vectors" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "parley"."knowledge_papers" ADD COLUMN "embedding_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "parley"."knowledge_vectors" ADD CONSTRAINT "knowledge_vectors_passage_fk" FOREIGN KEY ("paper_id","position") REFERENCES "parley"."knowledge_passages"("paper_id","position") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "parley"."knowledge_vectors" ALTER COLUMN "embedding" SET STORAGE EXTERNAL;
