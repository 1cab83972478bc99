import type { Phrases } from './phrases.ts';

export const spanish: Phrases = {
  assistant: [
    /\basistente (de llamadas|virtual|de google|telefonico)\b/,
    /\bfiltr(ado|o|a) (de )?(las |sus |tus |mis )?llamadas\b/,
  ],
  screening: [
    /\bnombre y (el |la |su |tu )?(motivo|razon|asunto)\b/,
    /\b(diga|di) (quien (es|eres)|(su|tu) nombre) y\b/,
  ],
  fetching: [
    /\b(comprobare|verificare|vere|voy a ver) si (esta|la) persona\b/,
    /\bantes de (comunicar|pasar|conectar|transferir)/,
  ],
  recording: [
    /\b(despues|luego|tras|al) (de )?(de |del )?(oir |escuchar |sonar )?(el |la )?(senal|tono|pitido|bip)\b/,
    /\bgrab(e|a) (su|tu|un) (mensaje|recado)\b/,
    /(?<!\b(?:en|mi|su|tu) (?:el )?)\bbuzon (de voz|esta lleno)\b/,
    /\bfuera de (nuestro )?horario\b/,
  ],
  request: [/\b(deje|dejar|dejarnos|dejenos|deja|dejanos) (su|tu) nombre y (su |tu |numero|telefono)/],
  greeting: [
    /\b(deja|deje|dejar|dejarnos|dejame|dejanos|dejeme|dejenos) (su|tu|un) (mensaje|recado)\b/,
    /\bcontestador\b/,
    /\bha llamado (usted )?(a|al)\b/,
    /\b(te comunicaste|se comunico|se ha comunicado) con\b/,
    /\bhorario (de (atencion|oficina|apertura)|comercial)\b/,
    /\b(oficinas|consulta|tienda|despacho) (\w+ )?(estan|esta|permanece) cerrad/,
    /\bde lunes a (jueves|viernes|sabado)\b/,
  ],
  absence: [
    /\bno (puedo|podemos|podre) (atender|contestar)(te|le|la|lo|os)?\b/,
    /\bno esta disponible\b/,
    /\b(devolvere|devolveremos) (la|su|tu) llamada\b|\b(te|le) (llamare|llamaremos)\b/,
  ],
  hold: [/\b(no cuelgue|espere|aguarde|permanezca) (en (la )?linea|un)\b/],
  menu: [
    /\b(pulse|marque|oprima|presione|digite) (el |la )?(numero |tecla )?(cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|[0-9])\b/,
    /\bnumero de extension\b/,
    /\btecla (almohadilla|numeral|asterisco)\b|\bsiguientes opciones\b/,
  ],
  announcement: [
    /\bnumero (que usted )?(marcado|marco|ha marcado)\b/,
    /\b(numero|telefono) (al que|que) (usted )?(llama|marco|marca)\b/,
    /\bapagado o fuera\b|\bfuera del (area|servicio)\b/,
    /\bno (corresponde a|existe) ningun/,
  ],
  person: [
    /\bquien (es|habla|llama)\b/,
    /\b(en que|como) (le|te|puedo)\b/,
    /\b(digame|diga|dime)\b(?! (su|tu|quien)\b)/,
    /\bun (momento|momentito|segundo|segundito)\b/,
    /\b(de parte de quien|con quien hablo|le atiende|soy yo)\b/,
    /\bno se encuentra\b|\bse ha equivocado\b/,
    /\ba mi$|\ba mi\b(?! (numero|movil|telefono))/,
    /\bque (le|la|lo|te) (paso|aviso|llamo)\b/,
    /\b(el|ella) (le|te|lo|la) (llamara|llama|avisa)\b/,
    /\b(mi|su) (marido|mujer|esposa|esposo|jefe|jefa|madre|padre|hijo|hija|companero|companera) (no )?(esta|ha|se|le)\b/,
  ],
};
