import type { Phrases } from './phrases.ts';

export const portuguese: Phrases = {
  assistant: [
    /\bassistente (de chamadas|virtual|de ligacoes|do google)\b/,
    /\bfiltr(o|a|agem) (de |as )?(suas |minhas )?(chamadas|ligacoes)\b/,
  ],
  screening: [/\bnome e (o |a )?(seu )?(motivo|assunto|razao)\b/, /\b(diga|fale|informe) (o )?(seu )?nome e\b/],
  fetching: [
    /\b(verificar|verei|ver|checar|confirmar) se (esta|essa|a) pessoa\b/,
    /\bantes de (passar|transferir|conectar|encaminhar|completar)\b/,
  ],
  recording: [
    /\b(apos|depois) (o|do) (sinal|bip|tom|toque)\b/,
    /(?<!\bna (?:sua |minha )?)\b(caixa postal|correio de voz|caixa de (mensagens|correio))\b(?! del[ea])/,
    /\bgrave (o |a )?(seu |sua )?(recado|mensagem)\b/,
    /\bfora do (nosso )?horario\b/,
  ],
  request: [/\bdeix(e|ar|a) (o )?(seu )?nome e (o )?(seu )?(telefone|numero|contato|contacto)\b/],
  greeting: [
    /\bdeix(e|ar|a) (a sua|sua|o seu|seu|um|uma|a tua) (mensagem|recado)\b/,
    /\b(secretaria eletronica|atendedor de chamadas)\b/,
    /\b(voce )?ligou (para|pra) (a|o|as|os)\b/,
    /\bhorario (de (atendimento|funcionamento)|comercial)\b/,
    /\b(estao|estamos|encontra se|esta) (fechad|encerrad)/,
    /\bde segunda a (quinta|sexta|sabado)\b/,
    /\babrimos (as|de)\b/,
  ],
  absence: [
    /\bnao (posso|podemos) (atender|falar)\b/,
    /\bnao estamos (em casa|disponiveis|no escritorio)\b/,
    /\b(retorno|retornarei|retornaremos|retorne) (a ligacao|assim)\b/,
    /\bnao esta disponivel\b/,
  ],
  menu: [
    /\b(digite|tecle|pressione|prima|marque|aperte) (o |a )?(numero |tecla )?(zero|uma?|dois|duas|tres|quatro|cinco|seis|sete|oito|nove|[0-9])\b/,
    /\bramal digite\b|\bextensao (digite|marque)\b/,
    /\b(jogo da velha|tecla (cardinal|asterisco)|opcoes a seguir)\b/,
  ],
  announcement: [
    /\bnumero (que voce |que )?(discado|chamado|ligou|marcou|discou)\b/,
    /\bdesligado ou fora\b/,
    /\bnumero (de telefone )?nao (existe|esta ativo|esta atribuido)\b/,
    /\bnao foi possivel (completar|estabelecer)\b/,
  ],
  person: [
    /\bquem (e|fala|gostaria)\b/,
    /\b(como|em que) posso\b/,
    /\b(um|so um) (momento|minuto|instante|minutinho|instantinho)\b/,
    /\b(comigo|foi engano|pois nao|sou eu)\b/,
    /\bpode (falar|dizer)\b/,
    /\b(ele|ela) (esta|nao|te|lhe|liga|vai|volta)\b/,
    /\bnao desligue\b|\bvou (passar|chamar)\b/,
    /\bquer deixar\b/,
    /\b(meu|minha) (marido|esposa|mulher|pai|mae|filho|filha|chefe) (nao )?(esta|saiu|foi)\b/,
  ],
};
